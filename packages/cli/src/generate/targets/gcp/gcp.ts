/**
 * Google Cloud: a regional managed instance group behind the global external Application Load Balancer, in Terraform.
 */

import type { Deployment } from "../../deployment.ts";
import { edgeProblems, nameProblems, probeProblems } from "../../edge.ts";
import { header } from "../../header.ts";
import type { Target } from "../../target.ts";
import { stopSeconds } from "../machine.ts";
import { balancer } from "./balancer.ts";
import { group } from "./group.ts";

/** Seconds that a machine has to shut down. */
const LONGEST_SHUTDOWN = 90;

/** Seconds: what a backend service takes. */
const LONGEST_TIMEOUT = 86_400;

export const gcp: Target = {
  name: "gcp",
  summary: "Terraform for Google Cloud: managed instance group, backend service, health checks, autoscaler",
  generate: (deployment) => [
    { path: "main.tf", text: [settings(deployment), group(deployment), balancer(deployment)].join("\n") },
  ],
  lint: (deployment) => [
    ...edgeProblems(deployment, "on Google Cloud"),
    ...idleProblems(deployment),
    ...stopProblems(deployment),
    ...nameProblems(deployment, LONGEST_NAME, "on Google Cloud"),
    ...probeProblems(deployment, "on Google Cloud"),
    ...certificateProblems(deployment),
  ],
};

/** Of a firewall rule, which gets more behind it. */
const LONGEST_NAME = 63 - "-from-load-balancer".length;

function certificateProblems({ tls, domains }: Deployment): readonly string[] {
  const wildcard = tls === "router" ? domains.find((domain) => domain.startsWith("*")) : undefined;
  if (wildcard === undefined) return [];
  return [`domains must be whole names on Google Cloud, whose certificates know no *; got ${wildcard}.`];
}

function idleProblems({ idleTimeout }: Deployment): readonly string[] {
  if (idleTimeout <= LONGEST_TIMEOUT * 1_000) return [];
  return [`idleTimeout must be at most ${LONGEST_TIMEOUT}s on Google Cloud, got ${idleTimeout / 1_000}s.`];
}

function stopProblems(deployment: Deployment): readonly string[] {
  const needed = stopSeconds(deployment);
  if (needed < LONGEST_SHUTDOWN) return [];
  return [
    `grace without preStop must be below ${LONGEST_SHUTDOWN}s on Google Cloud, where a machine has no more to shut down; got ${needed}s.`,
  ];
}

function settings({ engine }: Deployment): string {
  const engineUrl = engine === "none" ? "" : '\nvariable "engine_url" {\n  type      = string\n  sensitive = true\n}\n';
  return `${header("gcp", "#", "terraform init && terraform apply -var project=...")}
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "europe-west1"
}

variable "network" {
  type    = string
  default = "default"
}
${engineUrl}
provider "google" {
  project = var.project
  region  = var.region
}
`;
}
