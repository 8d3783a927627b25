/** How many of so many endpoints must say the same where nobody says how many: more than half. */
export function majorityOf(endpoints: number): number {
  return Math.floor(endpoints / 2) + 1
}
