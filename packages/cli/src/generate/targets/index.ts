/** The table of targets: a new one is a module of its own and a line here. */

import type { Target } from "../target.ts";
import { alerts } from "./alerts.ts";
import { aws } from "./aws/aws.ts";
import { consul } from "./consul.ts";
import { docker } from "./docker.ts";
import { fly } from "./fly.ts";
import { gcp } from "./gcp/gcp.ts";
import { grafana } from "./grafana.ts";
import { heroku } from "./heroku.ts";
import { istio } from "./istio.ts";
import { koyeb } from "./koyeb.ts";
import { kubernetes } from "./kubernetes/kubernetes.ts";
import { linkerd } from "./linkerd.ts";
import { render } from "./render.ts";

export const TARGETS: readonly Target[] = [
  alerts,
  aws,
  consul,
  docker,
  fly,
  gcp,
  grafana,
  heroku,
  istio,
  koyeb,
  kubernetes,
  linkerd,
  render,
];
