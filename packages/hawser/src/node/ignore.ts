/**
 * Does nothing: for promises whose outcome is somebody else's business, and for events that need no answer.
 */
export function ignore(): void {}
