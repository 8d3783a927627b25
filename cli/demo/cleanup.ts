/** What must be undone at the end, however it comes; the last done is undone first. */
export class Cleanup {
  readonly #undo: (() => Promise<void>)[] = []

  defer(undo: () => Promise<void>): void {
    this.#undo.push(undo)
  }

  /** Undoes everything, also when one step fails. */
  async run(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      await undo().catch(() => undefined) // the rest matters more than why one step failed
    }
  }
}
