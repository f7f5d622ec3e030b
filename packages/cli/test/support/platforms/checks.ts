/** The check of each target that no program of this machine can start. */

import type { Check } from "./check.ts";
import { checkAws } from "./cloudformation.ts";
import { checkDocker } from "./docker.ts";
import { checkConsul, checkGcp } from "./hashicorp.ts";
import { checkIstio, checkKubernetes, checkLinkerd } from "./kubernetes.ts";
import { checkFly, checkHeroku, checkKoyeb, checkRender } from "./platforms.ts";
import { checkAlerts, checkGrafana } from "./prometheus.ts";

export const CHECKS: Readonly<Record<string, Check>> = {
  alerts: checkAlerts,
  aws: checkAws,
  consul: checkConsul,
  docker: checkDocker,
  fly: checkFly,
  gcp: checkGcp,
  grafana: checkGrafana,
  heroku: checkHeroku,
  istio: checkIstio,
  koyeb: checkKoyeb,
  kubernetes: checkKubernetes,
  linkerd: checkLinkerd,
  render: checkRender,
};
