import { afterAll, beforeAll, expect, test } from 'vitest'
import { register } from '#client/registration.ts'
import { ETHER, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { assize } from './command-line.ts'

let stage: Stage

beforeAll(async () => {
  stage = await raiseStage()
  const owner = await stage.as('owner')
  for (const [i, name] of ['first', 'second'].entries()) {
    await register(owner, stage.deployments.registry, recruitOf(name, { peerId: `0x002${i}`, stake: 2n * ETHER }))
  }
})
afterAll(() => stage.embedded.stop())

test('income takes gas price, reporters and least stake from a chain, and flags before them', async () => {
  const { rpcUrl } = stage.embedded
  const { registry } = stage.deployments
  const gasPrice = await (await stage.as('owner')).publicClient.getGasPrice()
  const asked = ['income', '--rpc', rpcUrl, '--registry', registry, '--json']
  const { exitCode, out, err } = await assize(asked)
  expect(exitCode).toBe(0)
  expect(JSON.parse(out).terms).toMatchObject({
    gasPrice: gasPrice.toString(),
    reporters: '2',
    stake: ETHER.toString(),
  })
  expect(err).toContain(`2 reporters, at least 1 ETH of stake, says the registry ${registry}`)
  const flags = ['--gas-price', '7gwei', '--reporters', '9', '--stake', '5']
  const { terms } = JSON.parse((await assize([...asked, ...flags])).out)
  expect(terms).toMatchObject({ gasPrice: '7000000000', reporters: '9', stake: (5n * ETHER).toString() })
})

test('income refuses what is no registry, exit 2, and an endpoint that does not answer, exit 1', async () => {
  const { rpcUrl } = stage.embedded
  const { oracle } = stage.deployments
  const other = await assize(['income', '--rpc', rpcUrl, '--registry', oracle])
  expect(other.exitCode).toBe(2)
  expect(other.err).toContain(`Expected a ReporterRegistry at ${oracle}, got another contract.`)
  const nothing = await assize(['income', '--rpc', rpcUrl, '--registry', `0x${'77'.repeat(20)}`])
  expect(nothing.exitCode).toBe(2)
  expect(nothing.err).toContain('a ReporterRegistry')
  const dead = await assize(['income', '--rpc', 'http://127.0.0.1:1'])
  expect(dead).toMatchObject({ exitCode: 1, out: '' })
})
