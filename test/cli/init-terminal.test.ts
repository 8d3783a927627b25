import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '#node/config'
import type { Context } from '../../cli/context.ts'
import { unitName } from '../../cli/init/unit.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { assize } from './command-line.ts'
import { freePort } from './free-port.ts'
import { at, court, folder, given, init, owner, ownersKey } from './init-stage.ts'

describe('assize init, at a terminal', () => {
  /** Somebody who types the next of the answers to whatever begins so; `asked` is what the screen showed. */
  function typist(answers: Readonly<Record<string, readonly string[]>>): { world: Partial<Context>; asked: string[] } {
    const left = new Map(Object.entries(answers).map(([question, typed]) => [question, [...typed]]))
    const asked: string[] = []
    const ask = (question: string): Promise<string> => {
      asked.push(question)
      const key = [...left.keys()].find((beginning) => question.startsWith(beginning))
      const next = key === undefined ? undefined : left.get(key)?.shift()
      if (next === undefined) throw new Error(`Nobody expected the question "${question}".`)
      return Promise.resolve(next)
    }
    return { world: { terminal: { ask, askSecret: ask } }, asked }
  }

  test('asks again for what is wrong, saying why, and takes an empty line for what it shows', async () => {
    const { oracle, registry, council } = court.stage.deployments
    const { rpcUrl } = court.stage.embedded
    const [port, httpPort] = [String(await freePort()), String(await freePort())]
    const self = '0x00000000000000000000000000000000000000AA'
    const { world, asked } = typist({
      'What it shall be': ['reportr', ''],
      'JSON-RPC endpoint of the chain': ['http://127.0.0.1:1', rpcUrl],
      'Endpoints of others': [''],
      'Address of the MaturityOracle': ['', self, oracle],
      'Address of the ReporterRegistry': [oracle, registry],
      'Folder with the documents': [at('empty'), at('indices')],
      'The CSV file': [at('closes.csv')],
      'Who may rule': [council],
      'TCP port for its peers': [port],
      'Where others can call it': ['me.example', ''],
      'Peers to call first': [''],
      'Port on 127.0.0.1': [port, httpPort],
      'Address of the owner': ['me', owner.account.address],
      Stake: ['1 wei', '2 eth'],
      'Write a unit for systemd?': ['n'],
      'Start the node now': [''],
    })
    const { exitCode, out, err } = await init(['--clock', 'chain'], world)
    expect(exitCode).toBe(0)
    const errors = err.split('\n').filter((line) => line.startsWith('error: '))
    expect(errors.map((line) => line.slice(7, 60))).toEqual([
      expect.stringContaining('Expected reporter, juror, watcher, got "reportr".'),
      expect.stringContaining('Expected a JSON-RPC endpoint at 127.0.0.1:1, '),
      expect.stringContaining('Expected an answer, got none.'),
      expect.stringContaining('Expected a MaturityOracle at '),
      expect.stringContaining('Expected a ReporterRegistry at '),
      expect.stringContaining('Expected an index document in '),
      expect.stringContaining('Expected a multiaddr such as '),
      expect.stringContaining("Expected another port than the peers', got "),
      expect.stringContaining('Expected an address, got "me".'),
      expect.stringContaining('Expected a stake of at least 1 ETH, got '),
    ])
    expect(asked.find((question) => question.startsWith('What it shall be'))).toContain('[reporter]: ')
    expect(out).toContain(`A reporter is set up in ${folder}.`)
    expect(out).toContain('not registered yet')
    expect(loadConfig({ file: join(folder, 'node.toml'), env: {} }).oracle).toBe(oracle)
    const consent = JSON.parse(readFileSync(join(folder, 'consent.json'), 'utf8'))
    expect(consent).toMatchObject({ owner: owner.account.address, stake: String(2n * ETHER) })
  })

  test.each([
    ['https://rpc.example/v3/very-secret', 'https://rpc.example/…'],
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545'],
  ])('asks for an endpoint as it can be typed, without showing its key: %s', async (rpcUrl, shown) => {
    const { world, asked } = typist({ 'What it shall be': ['watcher'] })
    await assize(['init', folder], { ASSIZE_RPC_URL: rpcUrl }, world)
    expect(asked.at(-1)).toBe(`JSON-RPC endpoint of the chain [${shown}]: `)
  })

  test('registers only who says yes to what it takes, and asks nothing twice', async () => {
    const flags = await given(ownersKey())
    const rest = {
      'Endpoints of others': [''],
      'Who may rule': [''],
      'Where others can call it': [''],
      'Peers to call first': [''],
      'Write a unit for systemd?': ['n'],
      'Start the node now': ['n'],
    }
    const no = typist({ ...rest, 'What it shall be': [''], Stake: [''], 'Register it with 1 ETH?': ['n'] })
    const declined = await init(flags, no.world)
    expect(declined.exitCode).toBe(0)
    expect(declined.err).toContain('stake     1 ETH; lost if the reporter signs two observations of one fixing')
    expect(declined.out).toContain('not registered yet')
    const yes = typist({
      'Register it with 1 ETH?': ['y'],
      'Write a unit for systemd?': ['y'],
      'Start the node now': ['n'],
    })
    const agreed = await init([...flags, '--service-user', userInfo().username], yes.world)
    expect(agreed.out).toMatch(/registry {2}reporter \d+, from 20/)
    expect(yes.asked).toHaveLength(3)
    const unit = unitName(folder)
    expect(agreed.out).toContain(
      `sudo cp ${join(folder, unit)} /etc/systemd/system/ && sudo systemctl enable --now ${unit}`,
    )
  })
})
