/** A route of the generated files' making: apps where the deployment has them, and the router in front. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "../../src/generate/command.ts";
import { readDeployment } from "../../src/generate/configuration.ts";
import type { Deployment } from "../../src/generate/deployment.ts";
import type { GeneratedFile } from "../../src/generate/target.ts";
import { TARGETS } from "../../src/generate/targets/index.ts";
import { PING_INTERVAL, type Route, TEST_TIMES } from "../route-contract.ts";
import { App } from "./apps.ts";
import { type RouterName, startGenerated } from "./router.ts";

const CERTIFICATES = fileURLToPath(new URL("../../../hawser/test/support/certificates/", import.meta.url));

export type Flags = Readonly<Record<string, string>>;

/** The files of a target as the command makes them. */
export function filesOf(target: string, deployment: Deployment): readonly GeneratedFile[] {
  return generatedFiles(TARGETS.find(({ name }) => name === target)!, deployment);
}

/** From flags alone, with the tests' certificate where TLS ends at the router. */
export function testDeployment(flags: Flags, folder: string): Deployment {
  const certificate = {
    certificate: join(folder, "certificate.pem"),
    certificateKey: join(folder, "certificate.pem.key"),
  };
  const all = { name: "chat", ...TEST_TIMES, ...(flags["tls"] === "router" ? certificate : {}), ...flags };
  return readDeployment({ flags: all, folder, path: undefined });
}

export function placeCertificate(folder: string): void {
  cpSync(join(CERTIFICATES, "localhost.pem"), join(folder, "certificate.pem"));
  cpSync(join(CERTIFICATES, "localhost-key.pem"), join(folder, "certificate.pem.key"));
}

export interface GeneratedRoute {
  readonly router: RouterName;
  readonly flags: Flags;
  /** How many. @default 3 */
  readonly count?: number;
  /** Of the apps, beside their places. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of one app; they count from 1. */
  environmentOf?(number: number): Readonly<Record<string, string>>;
  /** In place of the generated files, for a router that has no target. */
  files?(deployment: Deployment): readonly GeneratedFile[];
}

/** Starts apps and the router; the ports of the apps follow that of the router. */
export async function startRoute(
  { router, flags, count = 3, environment = {}, environmentOf = () => ({}), files }: GeneratedRoute,
  folder: string,
  port: number,
): Promise<Route> {
  const places = {
    listen: "ports",
    workers: String(count),
    port: String(port + 1),
    socketPattern: `${folder}/%d.sock`,
  };
  const all = { ...places, publicHost: "127.0.0.1", publicPort: String(port), ...flags };
  placeCertificate(folder);
  const deployment = testDeployment(all, folder);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const apps = await Promise.all(
    numbers.map((number) => {
      const socket = deployment.socketPattern.replaceAll("%d", String(number));
      const place = deployment.listen === "unix" ? { SOCKET: socket } : { PORT: String(port + number) };
      return App.start({ ...place, PING_INTERVAL: String(PING_INTERVAL), ...environment, ...environmentOf(number) });
    }),
  );
  const end = () => Promise.all(apps.map((app) => app.end()));
  try {
    const running = await startGenerated(router, files?.(deployment) ?? filesOf(router, deployment), { folder, port });
    const stop = async () => {
      await running.stop();
      await end();
    };
    const scheme = deployment.tls === "none" ? "ws" : "wss";
    return { url: `${scheme}://localhost:${port}/`, apps, reload: running.reload, stop };
  } catch (error) {
    await end();
    throw error;
  }
}
