import { Level } from 'level'
import { afterEach, expect, test, vi } from 'vitest'
import { MATURITY } from '../reporters.ts'
import { run, scene, stop } from './scene.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** The disk is full for the first write of the table, and has room again at once. */
function fullOnceFor(table: string): void {
  const batch: typeof Level.prototype.batch = Reflect.get(Level.prototype, 'batch')
  let isFull = true
  const write = function (this: unknown, rows: readonly { readonly key: string }[], ...rest: readonly unknown[]) {
    if (!isFull || rows.every(({ key }) => !key.startsWith(`${table}!`)))
      return Reflect.apply(batch, this, [rows, ...rest])
    isFull = false
    const full = new Error('IO error: 000003.log: No space left on device')
    return Promise.reject(Object.assign(full, { code: 'LEVEL_IO_ERROR' }))
  }
  // One of its signatures, the one that the store uses.
  vi.spyOn(Level.prototype, 'batch').mockImplementation(write as typeof batch)
}

test.each(['samples', 'journal', 'reporters'])(
  'ends with what the disk said when it does not take %s, whoever wrote it',
  async (table) => {
    const { world, configOf } = await scene(1)
    const config = await configOf(0)
    const node = await run(config, world)
    fullOnceFor(table)
    world.mine(MATURITY)
    const full = { name: 'Store.StoreDiskError', location: `${config.dataDir}/store` }
    await expect(node.stopped).rejects.toMatchObject(full)
    await expect(stop(node)).rejects.toMatchObject(full)
  },
)
