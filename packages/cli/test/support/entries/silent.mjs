/** A program that runs, and serves nobody. */

console.log("alone");
setInterval(() => {}, 1_000);
