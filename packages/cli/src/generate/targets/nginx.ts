/** nginx: a whole `nginx.conf` for the limits that only it can set, and the site in `conf.d`. */

import { allConnections, type Backend, backendsOf, connectionsOf, hostAndPort } from "../backends.ts";
import type { Deployment } from "../deployment.ts";
import { acmeProblems, headerProblems, http2Problems } from "../edge.ts";
import { header, lines } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";

export const nginx: Target = {
  name: "nginx",
  summary: "NGINX 1.22 or newer: nginx.conf, conf.d/<name>.conf",
  generate: (deployment) => [
    { path: "nginx.conf", text: mainText(deployment) },
    { path: `conf.d/${deployment.name}.conf`, text: siteText(deployment) },
  ],
  lint: (deployment) => [
    ...headerProblems(deployment, "nginx", "whose HTTP proxy does not send the PROXY protocol"),
    ...acmeProblems(deployment, "nginx"),
    ...http2Problems(deployment, "nginx", "which does not speak RFC 8441"),
  ],
};

/** Descriptors beyond those of connections: listeners, logs, pipes. */
const SPARE = 64;

function mainText(deployment: Deployment): string {
  // A client and a server for each; one worker must be able to hold all, since connections are not handed on
  const connections = allConnections(deployment) * 2 + SPARE;
  return lines(
    header("nginx", "#").trimEnd(),
    "worker_processes auto;",
    "# Two descriptors for each connection: the client's and the app's",
    `worker_rlimit_nofile ${connections * 2};`,
    `# After a reload, old workers keep the connections they have for so long, then cut them (clients see 1006)`,
    `worker_shutdown_timeout ${seconds(timingsOf(deployment).routerGrace)}s;`,
    "",
    "events {",
    `    worker_connections ${connections};`,
    "}",
    "",
    "http {",
    "    # A line at the end of each connection tells less than the app's own log",
    "    access_log off;",
    "    server_tokens off;",
    "    include conf.d/*.conf;",
    "}",
  );
}

function siteText(deployment: Deployment): string {
  const { name } = deployment;
  return `${header("nginx", "#", "Include it within http; the app believes X-Forwarded-For with trustProxy.")}
# Connection: upgrade where the client asks for it, and only there
map $http_upgrade $${variable(name)}_connection {
    default upgrade;
    ''      '';
}

upstream ${name} {
    # Shared by all workers of nginx, so that they count connections together
    zone ${name} 256k;
    # Connections last: in turn, a process that was restarted would stay empty
    least_conn;
${backendsOf(deployment)
  .map((backend) => serverLine(backend, deployment))
  .join("")}}

server {
${listenLines(deployment)}
    location / {
${locationLines(deployment)}    }
}
`;
}

function variable(name: string): string {
  return name.replaceAll("-", "_");
}

function serverLine(backend: Backend, deployment: Deployment): string {
  const place = backend.type === "unix" ? `unix:${backend.path}` : hostAndPort(backend);
  const { passOver } = timingsOf(deployment);
  return `    server ${place} max_conns=${connectionsOf(deployment)} max_fails=1 fail_timeout=${seconds(passOver)}s;\n`;
}

function listenLines(deployment: Deployment): string {
  const { publicHost, publicPort, domains, tls, certificate } = deployment;
  const place = publicHost === "*" ? String(publicPort) : hostAndPort({ host: publicHost, port: publicPort });
  const files = typeof certificate === "object" && tls === "router" ? certificate : undefined;
  return lines(
    `    listen ${place}${files === undefined ? "" : " ssl"};`,
    `    server_name ${domains.join(" ")};`,
    files && `    ssl_certificate ${files.cert};`,
    files && `    ssl_certificate_key ${files.key};`,
    files && "    ssl_protocols TLSv1.2 TLSv1.3;",
    `    client_header_timeout ${seconds(timingsOf(deployment).handshake)}s;`,
  );
}

function locationLines(deployment: Deployment): string {
  const { connect, idle } = timingsOf(deployment);
  const { name, pingInterval } = deployment;
  return lines(
    `        proxy_pass http://${name};`,
    "        proxy_http_version 1.1;",
    "        proxy_set_header Upgrade $http_upgrade;",
    `        proxy_set_header Connection $${variable(name)}_connection;`,
    "        # With its port: the app compares Origin with it",
    "        proxy_set_header Host $http_host;",
    "        # What the client itself says about its address is not passed on",
    "        proxy_set_header X-Forwarded-For $remote_addr;",
    '        proxy_set_header Forwarded "";',
    '        proxy_set_header X-Forwarded-Host "";',
    "        proxy_set_header X-Forwarded-Proto $scheme;",
    `        proxy_connect_timeout ${seconds(connect)}s;`,
    `        # The app pings every ${pingInterval / 1_000} s: a connection this silent in both directions is dead`,
    `        proxy_read_timeout ${seconds(idle)}s;`,
    `        proxy_send_timeout ${seconds(idle)}s;`,
    "        # A process that drains or is full answers 503: the next one is asked, and this one passed over",
    "        proxy_next_upstream error timeout http_503;",
  );
}
