/** `npm run build`: installs what is needed and builds every project. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command } from "./steps/run.mjs";

const HELP = `
Installs what is missing, and builds every project.

  npm run build

Options
  -h, --help
`;

await command(
  () => {
    install();
    build();
  },
  { help: HELP },
);
