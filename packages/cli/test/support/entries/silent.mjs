/** A program that runs, and serves nobody. */

setInterval(() => {}, 1_000);
