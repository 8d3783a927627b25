import { expect, test } from 'vitest'
import { z } from 'zod'
import type { RunningNode } from '../../../node/node.ts'
import { MATURITY } from '../reporters.ts'
import { run, scene, SOON } from './scene.ts'

const STATUS = z.object({ registered: z.boolean().optional() })

/** What status and metrics say of the registration, and whether the node is ready. */
async function shown({ httpPort }: RunningNode) {
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${httpPort}${path}`)
  const { registered } = STATUS.parse(await (await get('/status')).json())
  const metric = /^assize_registered\{.*\} (.*)$/m.exec(await (await get('/metrics')).text())?.[1]
  return { registered, metric, ready: (await get('/readyz')).status }
}

test('says whether its key is registered, which is read again every ten minutes and keeps it from nothing', async () => {
  const { world, configOf } = await scene(2)
  const [own, other] = world.panel.reporters
  if (own === undefined || other === undefined) throw new Error('two reporters are there')
  world.panel = { ...world.panel, reporters: [other] }
  const node = await run(await configOf(0), world)
  await expect.poll(() => shown(node), SOON).toEqual({ registered: false, metric: '0', ready: 200 })
  world.panel = { ...world.panel, reporters: [own, other] }
  world.mine(MATURITY + 600n)
  await expect.poll(() => shown(node), SOON).toEqual({ registered: true, metric: '1', ready: 200 })
})

test('says nothing of a registration without the role of a reporter', async () => {
  const { world, configOf } = await scene(1)
  const node = await run({ ...(await configOf(0)), roles: ['watchtower'] }, world)
  await expect.poll(async () => (await shown(node)).ready, SOON).toBe(200)
  expect(await shown(node)).toEqual({ registered: undefined, metric: undefined, ready: 200 })
})
