/**
 * What a page does with an oracle, through the wallet that a browser has: bundled for Chromium as it is, and run by Node
 * for the answers that the page must give. JavaScript, because the package that it imports exists only once it is packed.
 */
import { createPublicClient, createWalletClient, custom } from 'viem'
import { isCosigned, readCosigned } from 'assize/client/attestation'
import { connect, connectThrough } from 'assize/client/chain'
import { readCreated } from 'assize/client/fixing-log'
import { readFixing } from 'assize/client/oracle-reader'
import { propose } from 'assize/client/oracle-writer'
import { quoteContribution } from 'assize/client/quote'
import { readSecurity } from 'assize/client/security'
import { readSettlement } from 'assize/client/settlement'
import { legId, readLegs, readMostCollateral, seriesId, splitEther } from 'assize/client/vault'
import { verifySettlement } from 'assize/client/verify'
import { formatValue } from 'assize/protocol/decimal'
import { parseEvidence } from 'assize/protocol/evidence-file'
import { indexId, parseIndexDocument } from 'assize/protocol/index-document'

const ETHER = 10n ** 18n
const NOWHERE = `0x${'ab'.repeat(32)}`

/**
 * Everything that can be read, by the wallet and from `rpcUrl`; every answer as JSON. `ids` are those of a fixing that is
 * settled, of one that is disputed, and of one that has not matured.
 */
export async function look(wallet, { rpcUrl, oracle, registry, vault, ids, evidence }) {
  const chain = await connectThrough({ provider: createPublicClient({ transport: custom(wallet) }) })
  const announced = await readCreated(chain, oracle, 0n)
  const [settled, disputed, pending] = ids.map((id) => announced.find((each) => each.id === id)?.fixing)
  const shown = JSON.parse(evidence)
  const wrong = { ...shown, observations: shown.observations.slice(2) }
  const [one, other, ...rest] = shown.observations
  const forged = {
    ...shown,
    observations: [{ ...one, signature: other.signature }, { ...other, signature: one.signature }, ...rest],
  }
  const verify = (file) =>
    verifySettlement(chain, { oracle, registry, fixingId: ids[0] }, parseEvidence(file), { confirmations: 1n })
  const settlement = await readSettlement(chain, oracle, settled, { confirmations: 1n })
  const { atBlock: number, blockHash: hash, atTime: time } = settlement
  const attested = { id: ids[0], maturity: settled.maturity }
  const cosigned = await readCosigned(chain, registry, attested, { number, hash, time })
  const { report, keys } = cosigned
  const isSigned = (changes) => isCosigned({ chainId: chain.chainId, registry }, { ...cosigned, ...changes })
  const bid = { kind: 'contribute', value: 2_600n * ETHER, amount: 'rest' }
  return {
    announced: text(announced),
    settlement: text(settlement),
    settlementByAddress: text(await readSettlement(await connect({ rpcUrl }), oracle, settled, { confirmations: 1n })),
    settledTo: formatValue(settlement.value),
    unsettled: text(await readSettlement(chain, oracle, pending, { confirmations: 1n })),
    fixings: text(await Promise.all([settled, disputed, pending].map((fixing) => readFixing(chain, oracle, fixing)))),
    quote: text(await quoteContribution(chain, oracle, disputed, bid)),
    refused: text(await quoteContribution(chain, oracle, settled, bid)),
    indexId: indexId(parseIndexDocument(shown.document)),
    verified: text(await verify(evidence)),
    unverified: text(await verify(JSON.stringify(wrong))),
    forged: text(await verify(JSON.stringify(forged))),
    cosigned: text(cosigned),
    isCosigned: text(isSigned({})),
    isCosignedOtherwise: text(isSigned({ report: { ...report, value: report.value + 1n } })),
    isCosignedByFewer: text(isSigned({ keys: keys.slice(1) })),
    noPoint: await failure((async () => isSigned({ signature: NOWHERE }))()),
    security: text(await readSecurity(chain, oracle, pending)),
    mostCollateral: text(await readMostCollateral(chain, vault, pending)),
    forgotten: await failure(readSecurity(chain, oracle, pending, { number: 1n, time: 1n, hash: NOWHERE })),
  }
}

/** Splits an ether, signed by the wallet, after what the oracle refuses; what the account holds before and after. */
export async function act(wallet, { oracle, vault, ids }) {
  const [account] = await wallet.request({ method: 'eth_requestAccounts' })
  const provider = createWalletClient({ account, transport: custom(wallet) })
  const chain = await connectThrough({ provider, account, pollingMs: 20 })
  const announced = await readCreated(chain, oracle, 0n)
  const fixing = announced.find(({ id }) => id === ids[2])?.fixing
  const series = { fixing, strike: 2_000n * ETHER, invalidSharePpm: 500_000 }
  const id = seriesId(series, { chainId: chain.chainId, vault })
  const refused = await failure(propose(chain, oracle, fixing, { value: ETHER, maxBond: ETHER }))
  const before = await readLegs(chain, vault, id, account)
  await splitEther(chain, vault, series, ETHER)
  const after = await readLegs(chain, vault, id, account)
  return { account, id, legId: text(legId(id, 'P')), refused, before: text(before), after: text(after) }
}

async function failure(promise) {
  try {
    return `nothing: ${text(await promise)}`
  } catch (error) {
    return `${error.name} ${error.errorName ?? ''}: ${error.message} ${error.hint ?? ''}`
  }
}

function text(value) {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}n` : each))
}
