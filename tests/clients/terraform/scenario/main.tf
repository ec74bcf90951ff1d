# A project's life in two zones. `generation` 2 is the same project some days later: things have other
# names and texts, some are new, some are gone, and addresses have moved.

terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}

variable "generation" { type = number }
variable "zones" { type = map(string) }
variable "image" { type = string }
variable "flavor" { type = string }
variable "pool" { type = string }
variable "key" { type = string }

data "openstack_networking_network_v2" "outside" {
  network_id = var.pool
}

locals {
  later = var.generation > 1
  word  = local.later ? "later" : "first"
}

resource "openstack_compute_keypair_v2" "key" {
  name       = "terraform"
  public_key = var.key
}

resource "openstack_compute_servergroup_v2" "apart" {
  name     = "terraform"
  policies = ["soft-anti-affinity"]
}
