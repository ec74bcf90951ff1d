resource "openstack_networking_addressscope_v2" "scope" {
  name       = "terraform"
  ip_version = 4
}

resource "openstack_networking_subnetpool_v2" "pool" {
  name              = "terraform-${local.word}"
  prefixes          = local.later ? ["10.130.0.0/16", "10.133.0.0/16"] : ["10.130.0.0/16"]
  default_prefixlen = 24
  address_scope_id  = openstack_networking_addressscope_v2.scope.id
}

# Nova remembers networks by name, so they keep theirs.
resource "openstack_networking_network_v2" "net" {
  for_each                = var.zones
  name                    = "terraform-${each.key}"
  description             = "the ${local.word} network of ${each.key}"
  admin_state_up          = true
  availability_zone_hints = each.value == null ? null : [each.value]
  tags                    = ["terraform", each.key, local.word]
}

resource "openstack_networking_subnet_v2" "net" {
  for_each        = var.zones
  name            = "terraform-${each.key}-${local.word}"
  network_id      = openstack_networking_network_v2.net[each.key].id
  cidr            = "10.128.${index(keys(var.zones), each.key)}.0/24"
  dns_nameservers = local.later ? ["9.9.9.9", "192.0.2.53", "8.8.8.8"] : ["192.0.2.53", "9.9.9.9"]
  tags            = [local.word]

  allocation_pool {
    start = "10.128.${index(keys(var.zones), each.key)}.${local.later ? 60 : 50}"
    end   = "10.128.${index(keys(var.zones), each.key)}.200"
  }
}

# Nobody says where it is to be: it lies where the first server with it is.
resource "openstack_networking_network_v2" "pooled" {
  name                  = "terraform-pooled"
  port_security_enabled = local.later
}

resource "openstack_networking_subnet_v2" "pooled" {
  name          = "terraform-pooled"
  network_id    = openstack_networking_network_v2.pooled.id
  subnetpool_id = openstack_networking_subnetpool_v2.pool.id
  no_gateway    = true
}

resource "openstack_networking_subnet_v2" "six" {
  name              = "terraform-six"
  network_id        = openstack_networking_network_v2.pooled.id
  ip_version        = 6
  cidr              = "2001:db8:7::/64"
  ipv6_address_mode = "slaac"
  ipv6_ra_mode      = "slaac"
}

resource "openstack_networking_router_v2" "router" {
  name                = "terraform-${local.word}"
  description         = "${local.word} way outside"
  admin_state_up      = true
  external_network_id = data.openstack_networking_network_v2.outside.id
  tags                = ["terraform", local.word]
}

resource "openstack_networking_router_interface_v2" "net" {
  for_each  = var.zones
  router_id = openstack_networking_router_v2.router.id
  subnet_id = openstack_networking_subnet_v2.net[each.key].id
}

resource "openstack_networking_router_route_v2" "route" {
  count            = local.later ? 2 : 1
  depends_on       = [openstack_networking_router_interface_v2.net]
  router_id        = openstack_networking_router_v2.router.id
  destination_cidr = "10.140.${count.index}.0/24"
  next_hop         = "10.128.0.2${count.index}"
}
