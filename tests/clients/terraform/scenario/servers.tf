# One with a port that was made before it, one that Nova makes a port for.

resource "openstack_networking_port_v2" "front" {
  for_each       = var.zones
  name           = "terraform-${each.key}-${local.word}"
  description    = "front of ${each.key}, ${local.word}"
  network_id     = openstack_networking_network_v2.net[each.key].id
  admin_state_up = true
  tags           = ["terraform", local.word]
  security_group_ids = local.later ? [
    openstack_networking_secgroup_v2.web.id,
    openstack_networking_secgroup_v2.inner.id,
  ] : [openstack_networking_secgroup_v2.web.id]

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.net[each.key].id
    ip_address = "10.128.${index(keys(var.zones), each.key)}.10"
  }

  allowed_address_pairs {
    ip_address = local.later ? "10.150.0.0/24" : "10.151.0.5"
  }

  extra_dhcp_option {
    name  = "mtu"
    value = local.later ? "1400" : "1300"
  }
}

resource "openstack_compute_instance_v2" "front" {
  for_each          = var.zones
  name              = "terraform-front-${each.key}-${local.word}"
  image_id          = var.image
  flavor_id         = var.flavor
  key_pair          = openstack_compute_keypair_v2.key.name
  availability_zone = each.value
  user_data         = "#!/bin/sh\n"
  tags              = ["terraform", local.word]
  metadata          = local.later ? { word = local.word, more = "1" } : { word = local.word, less = "1" }

  network {
    port = openstack_networking_port_v2.front[each.key].id
  }
}

resource "openstack_compute_instance_v2" "back" {
  for_each          = var.zones
  name              = "terraform-back-${each.key}"
  image_id          = var.image
  flavor_id         = var.flavor
  key_pair          = openstack_compute_keypair_v2.key.name
  availability_zone = each.value
  power_state       = local.later ? "shutoff" : "active"
  security_groups   = [(local.later ? openstack_networking_secgroup_v2.web : openstack_networking_secgroup_v2.inner).name]

  network {
    uuid = openstack_networking_network_v2.net[each.key].id
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.apart.id
  }

  # Its port is to have an address of the subnet.
  depends_on = [openstack_networking_subnet_v2.net]
}

# Boots from a volume that Nova makes; the second zone has it only later.
resource "openstack_compute_instance_v2" "kept" {
  for_each          = local.later ? var.zones : { for key in [keys(var.zones)[0]] : key => var.zones[key] }
  name              = "terraform-kept-${each.key}"
  flavor_id         = var.flavor
  availability_zone = each.value
  security_groups   = ["default"]

  block_device {
    uuid                  = var.image
    source_type           = "image"
    destination_type      = "volume"
    volume_size           = 1
    boot_index            = 0
    delete_on_termination = true
  }

  network {
    uuid = openstack_networking_network_v2.net[each.key].id
  }

  depends_on = [openstack_networking_subnet_v2.net]
}

resource "openstack_blockstorage_volume_v3" "data" {
  for_each          = var.zones
  name              = "terraform-data-${local.word}"
  description       = "of ${each.key}, ${local.word}"
  size              = 1
  availability_zone = each.value
  metadata          = { word = local.word }
}

resource "openstack_blockstorage_volume_v3" "spare" {
  for_each          = var.zones
  name              = "terraform-spare"
  size              = local.later ? 2 : 1
  availability_zone = each.value
}

resource "openstack_compute_volume_attach_v2" "data" {
  for_each    = var.zones
  instance_id = (local.later ? openstack_compute_instance_v2.back : openstack_compute_instance_v2.front)[each.key].id
  volume_id   = openstack_blockstorage_volume_v3.data[each.key].id
}

# An address that is made with its port, and one that gets it afterwards; later they belong to others.

resource "openstack_networking_floatingip_v2" "front" {
  for_each    = var.zones
  pool        = data.openstack_networking_network_v2.outside.name
  description = "front, ${local.word}"
  port_id     = openstack_networking_port_v2.front[each.key].id
  tags        = [local.word]
  depends_on  = [openstack_networking_router_interface_v2.net]
}

resource "openstack_networking_port_v2" "spare" {
  for_each   = var.zones
  name       = "terraform-spare-${each.key}"
  network_id = openstack_networking_network_v2.net[each.key].id

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.net[each.key].id
  }
}

resource "openstack_networking_floatingip_v2" "moving" {
  pool = data.openstack_networking_network_v2.outside.name
}

resource "openstack_networking_floatingip_associate_v2" "moving" {
  floating_ip = openstack_networking_floatingip_v2.moving.address
  port_id     = openstack_networking_port_v2.spare[local.later ? keys(var.zones)[1] : keys(var.zones)[0]].id
  depends_on  = [openstack_networking_router_interface_v2.net]
}

# Of another network than the first: the provider tells a server's interfaces apart by their networks.
resource "openstack_compute_interface_attach_v2" "second" {
  count       = local.later ? 1 : 0
  instance_id = openstack_compute_instance_v2.front[keys(var.zones)[0]].id
  port_id     = openstack_networking_port_v2.second[0].id
}

resource "openstack_networking_port_v2" "second" {
  count      = local.later ? 1 : 0
  name       = "terraform-second"
  network_id = openstack_networking_network_v2.pooled.id

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.pooled.id
  }
}
