/** The table of targets: a new one is a module of its own and a line here. */

import type { Target } from "../target.ts";
import { alerts } from "./alerts.ts";
import { apache } from "./apache.ts";
import { aws } from "./aws/aws.ts";
import { caddy } from "./caddy.ts";
import { consul } from "./consul.ts";
import { docker } from "./docker.ts";
import { envoy } from "./envoy.ts";
import { fly } from "./fly.ts";
import { gcp } from "./gcp/gcp.ts";
import { grafana } from "./grafana.ts";
import { haproxy } from "./haproxy.ts";
import { heroku } from "./heroku.ts";
import { istio } from "./istio.ts";
import { koyeb } from "./koyeb.ts";
import { kubernetes } from "./kubernetes/kubernetes.ts";
import { linkerd } from "./linkerd.ts";
import { nginx } from "./nginx.ts";
import { render } from "./render.ts";
import { supervisor } from "./supervisor.ts";
import { systemd } from "./systemd.ts";
import { traefik } from "./traefik.ts";

export const TARGETS: readonly Target[] = [
  alerts,
  apache,
  aws,
  caddy,
  consul,
  docker,
  envoy,
  fly,
  gcp,
  grafana,
  haproxy,
  heroku,
  istio,
  koyeb,
  kubernetes,
  linkerd,
  nginx,
  render,
  supervisor,
  systemd,
  traefik,
];
