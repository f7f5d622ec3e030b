/** The longest delay that Node's timers take; with a longer one they fire at once. */
export const MAX_TIMER_DELAY = 2_147_483_647;
