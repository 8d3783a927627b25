import { getAddress } from 'viem'
import { readToken } from '#client/bond-token.ts'
import { connect } from '#client/chain.ts'
import { deployUma } from '#client/deploy-oracle.ts'
import { castPeople } from '../../cli/demo/people.ts'
import { raiseUma } from '../cli/uma-stage.ts'
import type { Session } from './session.ts'

/** How long ago a fixing matured that can be brought before a court at once, minutes. */
const FOUR_DAYS = String(4 * 24 * 60)

const ETHER = 10n ** 18n

/** A juror alone in a pool, whose first case ends with a verdict, and whose second with none. */
export async function sitInAJury(session: Session): Promise<void> {
  const voter = '0x000000000000000000000000000000000000dEaD'
  const one = `jury voter ${voter} --dry-run`
  const before = ['jury deploy --yes', 'jury status', 'jury join 4 --yes', 'jury status', one]
  for (const line of before) await session.run(line)
  await session.pass('1d')
  await session.run('jury admit --yes')
  const fixing = await openCase(session)
  await session.run('devnet pass 26min --blocks 130')
  await session.run(`jury draw ${fixing} --yes`)
  await session.run('jury status')
  await session.run(`jury voter ${voter} --yes`)
  for (const juror of ['', `--for ${session.of('ACCOUNT')}`])
    await session.run(`jury status --account ${voter} ${juror}`.trim())
  await session.run(`jury commit ${fixing} 2500.10 --yes`)
  for (const line of ['jury status', `jury status ${fixing}`]) await session.run(line)
  await session.pass('1h')
  await session.run(`jury reveal ${fixing} 2500.10 --yes`)
  await session.run(`jury resolve ${fixing} --yes`)
  for (const line of [`jury status ${fixing}`, 'jury claim --yes']) await session.run(line)
  const late = await openCase(session)
  await session.pass('60d')
  await session.run(`jury close ${late} --yes`)
  await session.run('jury leave --yes')
}

/** The case of a new fixing; its id. */
async function openCase(session: Session): Promise<string> {
  const fixing = await session.createFixing(session.of('ASSIZE_JURY'), FOUR_DAYS)
  await session.run(`request ${fixing} --yes`)
  await session.run(`jury open ${fixing} --yes`)
  return fixing
}

/** A fixing of which UMA is told two values; the false one is disputed, and the other becomes the ruling. */
export async function askUma(session: Session): Promise<void> {
  const { rpcUrl } = session.devnet.embedded
  const { deployer } = castPeople(1, 0, { node: 0n, owner: 0n })
  const chain = await connect({ rpcUrl, account: deployer.account, pollingMs: 20 })
  const oracle = getAddress(session.of('ASSIZE_ORACLE'))
  const { address: weth } = await readToken(chain, oracle)
  const { court } = await raiseUma(chain, weth)
  const terms = { court, liveness: 10_800, leastBond: ETHER / 2n, declaredCost: 1_000n * ETHER }
  const adapter = await deployUma(chain, oracle, terms)
  const fixing = await session.createFixing(adapter, FOUR_DAYS)
  const trust = `--arbitrators ${adapter},${session.of('BACKUP')} --yes`
  await session.run(`request ${fixing} ${trust}`)
  await session.run(`uma status ${fixing}`)
  for (const value of ['3000', '2500.10'])
    await session.run(`uma assert ${fixing} ${value} --adapter ${adapter} ${trust}`)
  const { assertions } = await session.run(`uma status ${fixing}`)
  const wrong = (assertions as readonly Record<string, string>[]).find(({ value }) => value === '3000')
  await session.run(`uma dispute ${fixing} ${wrong?.['assertionId']} --adapter ${adapter} ${trust}`)
  await session.pass('3h')
  await session.run(`uma status ${fixing}`)
  await session.run(`uma settle ${fixing} --yes`)
  await session.run(`uma status ${fixing}`)
}
