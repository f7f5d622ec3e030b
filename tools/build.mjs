/** `npm run build`: installs what is needed and builds every project. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command } from "./steps/run.mjs";

await command(() => {
  install();
  build();
});
