resource "openstack_networking_secgroup_v2" "web" {
  name        = "terraform-web-${local.word}"
  description = "what the ${local.word} servers let in"
  tags        = ["terraform", local.word]
}

resource "openstack_networking_secgroup_v2" "inner" {
  name                 = "terraform-inner"
  delete_default_rules = true
}

resource "openstack_networking_address_group_v2" "offices" {
  name      = "terraform"
  addresses = local.later ? ["192.0.2.0/25", "198.51.100.1/32"] : ["192.0.2.0/25"]
}

resource "openstack_networking_secgroup_rule_v2" "web" {
  for_each          = toset(local.later ? ["80", "443", "8080"] : ["22", "80", "443"])
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = each.key
  port_range_max    = each.key
  remote_ip_prefix  = "0.0.0.0/0"
  description       = "port ${each.key}"
  security_group_id = openstack_networking_secgroup_v2.web.id
}

resource "openstack_networking_secgroup_rule_v2" "ping" {
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "icmp"
  security_group_id = openstack_networking_secgroup_v2.web.id
}

resource "openstack_networking_secgroup_rule_v2" "ping6" {
  direction         = "ingress"
  ethertype         = "IPv6"
  protocol          = "ipv6-icmp"
  remote_ip_prefix  = "2001:db8::/32"
  security_group_id = openstack_networking_secgroup_v2.web.id
}

resource "openstack_networking_secgroup_rule_v2" "among" {
  direction         = "ingress"
  ethertype         = "IPv4"
  remote_group_id   = openstack_networking_secgroup_v2.inner.id
  security_group_id = openstack_networking_secgroup_v2.inner.id
}

resource "openstack_networking_secgroup_rule_v2" "offices" {
  direction               = "ingress"
  ethertype               = "IPv4"
  protocol                = "udp"
  port_range_min          = 5000
  port_range_max          = 6000
  remote_address_group_id = openstack_networking_address_group_v2.offices.id
  security_group_id       = openstack_networking_secgroup_v2.inner.id
}

resource "openstack_networking_secgroup_rule_v2" "out" {
  direction         = "egress"
  ethertype         = "IPv4"
  security_group_id = openstack_networking_secgroup_v2.inner.id
}
