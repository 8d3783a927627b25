import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploy } from '#client/deploy-oracle.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { readReceipts } from '#client/oracle-reader.ts'
import { fixingId, receiptId } from '#protocol/fixing.ts'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { assize } from '../cli/command-line.ts'
import { accountOf, DEPLOY_OPTIONS, ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { startProcess } from '../node/node-process.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { keccak256, stringToHex } from 'viem'

const COMMANDS = [...readFileSync('docs/operations/moving.md', 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(
  ([, block = '']) => block.trimEnd().split('\n'),
)

let stage: Stage
beforeAll(async () => {
  stage = await raiseStage()
})
afterAll(() => stage.embedded.stop())

/** Writes a node's configuration for `registry` beside the key of ann. */
function configIn(folder: string, name: string, registry: string, dataDir: string): string {
  const file = join(folder, name)
  writeFileSync(
    file,
    `data_dir = "${dataDir}"
rpc_url = "${stage.embedded.rpcUrl}"
oracle = "${stage.deployments.oracle}"
registry = "${registry}"
clock = "chain"
index_dir = "index"
keystore = "key.json"
password_file = "password"
roles = ["reporter"]
[gossip]
test = true`,
  )
  return file
}

/** Runs a node until it is ready, or ended by itself. */
async function startAndStop(config: string): Promise<{ exitCode: number | null; error: string }> {
  const node = startProcess(['--config', config])
  if ((await node.firstLine) !== undefined) node.child.kill('SIGTERM')
  const exitCode = await node.exitCode
  return { exitCode, error: node.stderr.find((line) => line.startsWith('assize node:')) ?? '' }
}

test('the commands of docs/operations/moving.md leave nothing behind, and a store goes to no other deployment', async () => {
  const { oracle, registry } = stage.deployments
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'index'))
  writeFileSync(join(folder, 'index', 'index.json'), JSON.stringify(documentJson([sourceJson('a')])))
  await writeKeystore(join(folder, 'key.json'), keccak256(stringToHex('test ann')), 'pw', { cost: 1_024 })
  writeFileSync(join(folder, 'password'), 'pw')
  const ann = await stage.as('ann')
  const { address } = accountOf('ann')
  await create(ann, oracle, stage.fixing)
  await stage.embedded.mineAt(MATURITY)
  await propose(ann, oracle, stage.fixing, { value: 2_500n * ETHER, maxBond: ETHER })
  await stage.embedded.mineAt(MATURITY + BigInt(stage.fixing.firstWindow) + 60n)
  const old = configIn(folder, 'old.toml', registry, 'old')
  expect(await startAndStop(old)).toEqual({ exitCode: 0, error: '' })

  const second = { ...DEPLOY_OPTIONS, registry: { ...DEPLOY_OPTIONS.registry, minStake: 2n * ETHER } }
  const { registry: newRegistry } = await deploy(ann, second)
  expect(newRegistry).not.toBe(registry)
  const wrong = await startAndStop(configIn(folder, 'wrong.toml', newRegistry, 'old'))
  expect(wrong.exitCode).toBe(2)
  expect(wrong.error.toLowerCase()).toContain(
    `to be of oracle ${oracle} and registry ${newRegistry} on chain 31337, got one of oracle ${oracle} and registry ${registry}`.toLowerCase(),
  )
  expect(await startAndStop(configIn(folder, 'new.toml', newRegistry, 'new'))).toEqual({ exitCode: 0, error: '' })
  expect((await startAndStop(old)).exitCode).toBe(0)

  const receipt = receiptId(fixingId(stage.fixing, { chainId: ann.chainId, oracle }), 'stake', 0, 2_500n * ETHER)
  expect(await readReceipts(ann, oracle, receipt, address)).toBe(ETHER / 10n)
  const env = {
    ASSIZE_RPC_URL: stage.embedded.rpcUrl,
    ASSIZE_ORACLE: oracle,
    ASSIZE_KEYSTORE: join(folder, 'key.json'),
    ASSIZE_PASSWORD_FILE: join(folder, 'password'),
  }
  expect(COMMANDS.length).toBeGreaterThan(5)
  for (const command of COMMANDS) {
    const [program, ...args] = command
      .replaceAll(/\b(old|new)([\w-]*)\.(toml|jsonl)\b/g, (file) => join(folder, file))
      .replace('$ACCOUNT', address)
      .split(' ')
    expect(program).toBe('assize')
    const { exitCode, err } = await assize(args, env, {
      now: () => MATURITY + BigInt(stage.fixing.firstWindow) + 60n,
    })
    expect(exitCode, `${command}\n${err}`).toBe(0)
  }
  expect(await readReceipts(ann, oracle, receipt, address)).toBe(0n)
})
