/**
 * A container image, and Compose for one machine.
 */

import { why, yamlText } from "../annotated-yaml.ts";
import { type Deployment, isLocal } from "../deployment.ts";
import { portProblems } from "../edge.ts";
import { engineVariable, mebibytes, runEnvironment, SUPERVISOR_MEMORY, workersText } from "../fleet.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";
import { descriptorsOf } from "../workers.ts";

export const docker: Target = {
  name: "docker",
  summary: "Dockerfile, .dockerignore and compose.yaml",
  generate: (deployment) => [
    { path: "Dockerfile", text: dockerfile(deployment) },
    { path: ".dockerignore", text: IGNORED },
    { path: "compose.yaml", text: compose(deployment) },
  ],
  lint: (deployment) => portProblems(deployment, "in a container"),
};

/** The line of Node with long-term support. */
const NODE_IMAGE = "node:24-slim";

function dockerfile({ port, adminPort, entry }: Deployment): string {
  const note =
    "The image of every target that runs containers. @hawser/cli belongs to the dependencies of package.json.";
  return `${header("docker", "#", note)}
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM ${NODE_IMAGE}
# As process 1, wherever the container runs: it waits for what workers leave behind, which Node does not
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
USER node
ENV PORT=${port}
# Probes are answered to all; the rest needs HAWSER_ADMIN_TOKEN
ENV HAWSER_ADMIN=0.0.0.0:${adminPort}
EXPOSE ${port} ${adminPort}
STOPSIGNAL SIGTERM
# Alive, not ready: a container that drains must not be restarted
HEALTHCHECK --interval=10s --timeout=2s --start-period=30s --retries=3 \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:${adminPort}/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: it would keep SIGTERM for itself, and clients would see 1006 instead of 1001; tini passes it on
ENTRYPOINT ["/usr/bin/tini", "--", "node_modules/.bin/hawser", "run"]
CMD ["${entry}"]
`;
}

const IGNORED = `${header("docker", "#", "Neither secrets, nor what the image makes for itself")}
.env*
.git
.gitignore
Dockerfile
compose.yaml
coverage
node_modules
npm-debug.log*
`;

function compose(deployment: Deployment): string {
  const { name, engine } = deployment;
  const services = { [name]: service(deployment), ...ENGINES[engine] };
  return yamlText(header("docker", "#", "docker compose up --build --wait"), { name, services });
}

const ENGINES: Readonly<Record<Deployment["engine"], Readonly<Record<string, unknown>>>> = {
  none: {},
  redis: { redis: { image: "valkey/valkey:8", restart: "unless-stopped" } },
  nats: { nats: { image: "nats:2", command: ["--jetstream"], restart: "unless-stopped" } },
};

function service(deployment: Deployment): unknown {
  const { image, adminPort, engine, workers, connections, maxConnections, memory, preStop } = deployment;
  const { stop } = timingsOf(deployment);
  return {
    image,
    build: ".",
    restart: "unless-stopped",
    ports: [
      publication(deployment),
      why(`127.0.0.1:${adminPort}:${adminPort}`, "Probes, metrics and commands: for this machine alone."),
    ],
    environment: {
      ...runEnvironment(deployment, { workers: workersText(deployment) }),
      ...(typeof workers === "object" ? { HAWSER_SCALE: `connections=${connections}` } : {}),
      ...engineVariable(engine, engine),
    },
    stop_grace_period: why(
      `${seconds(stop)}s`,
      `The grace period without preStop (${seconds(preStop)} s): after it, whoever is still connected is cut off with 1006.`,
    ),
    ulimits: {
      nofile: why(
        descriptorsOf(deployment),
        `A descriptor for each connection (${maxConnections} of a process at most), and room for files and pipes.`,
      ),
    },
    sysctls: {
      "net.core.somaxconn": why(
        "4096",
        "Handshakes that wait while everybody reconnects; the usual 4096 of hosts does not reach into containers.",
      ),
    },
    mem_limit: typeof workers === "number" ? memoryLimit(workers, memory) : undefined,
    read_only: true,
    tmpfs: ["/tmp"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    depends_on: engine === "none" ? undefined : [engine],
  };
}

/** Who reaches the port without the router could say that it is anybody. */
function publication(deployment: Deployment): unknown {
  const { port } = deployment;
  if (!isLocal(deployment)) return `${port}:${port}`;
  return why(`127.0.0.1:${port}:${port}`, "For a router on this machine; with its address in hosts, for all.");
}

function memoryLimit(workers: number, memory: number): unknown {
  const limit = (workers + 1) * memory + SUPERVISOR_MEMORY;
  return why(`${mebibytes(limit)}m`, "All processes, and one more while another is replaced.");
}
