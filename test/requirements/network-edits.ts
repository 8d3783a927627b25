import type { DisablingEdit } from './disabling-edit.ts'

const POLICY = 'contracts/protocol/policy.ts'
const OBSERVATION = 'contracts/protocol/observation.ts'
const REPORT = 'contracts/protocol/report.ts'
const SAMPLES = 'contracts/protocol/samples.ts'
const AGGREGATE = 'contracts/protocol/aggregate.ts'
const OBSERVATION_LIB = 'contracts/src/libraries/ObservationLib.sol'
const COUNCIL = 'contracts/src/arbitrators/CouncilArbitrator.sol'
const VAULT = 'contracts/src/consumers/SplitVault.sol'
const PAYOFF = 'contracts/src/libraries/PayoffLib.sol'

/** Requirements of policy, observations, index, registry, council and vault: each rule turned off, one at a time. */
export const NETWORK_EDITS: readonly DisablingEdit[] = [
  {
    id: 'R-304',
    rule: 'the return lowers the implied probability',
    file: 'contracts/protocol/odds.ts',
    find: 'return (paidPpm * PPM) / (PPM + returnPpm)',
    replace: 'return (paidPpm * PPM) / (PPM + 0n * returnPpm)',
  },
  {
    id: 'R-310',
    rule: 'sure means nearer by more than twice delta',
    file: POLICY,
    find: 'isSure: isClear && (round > 1 ||',
    replace: 'isSure: isClear || (round > 1 ||',
  },
  {
    id: 'R-310',
    rule: 'the first dispute is a contribution, later ones appeals',
    file: POLICY,
    find: "return { action: round === 1 ? 'contribute' : 'appeal', value, reason }",
    replace: "return { action: round === 0 ? 'appeal' : 'contribute', value, reason }",
  },
  {
    id: 'R-311',
    rule: 'a pot is joined within a quarter of the separation only',
    file: POLICY,
    find: 'compare(ratio(value, own), quarter) <= 0 &&',
    replace: 'compare(ratio(value, own), quarter) <= 1 &&',
  },
  {
    id: 'R-312',
    rule: 'without an own observation a node never acts',
    file: POLICY,
    find: "if (own === undefined) return none('No own observation: nothing to defend.')",
    replace: "if (own === undefined) return act(view, 1n, 'No own observation: nothing to defend.')",
  },
  {
    id: 'R-312',
    rule: 'a node never acts where the separation is not above four times delta',
    file: POLICY,
    find: 'if (!isNoiseSmall(view.separationPpm, noisePpm)) return none(',
    replace: 'if (!isNoiseSmall(view.separationPpm, 0 * noisePpm)) return none(',
  },
  {
    id: 'R-401',
    rule: 'the digest covers the whole observation',
    file: OBSERVATION,
    find: 'writeWord(bytes, offset + 2 * WORD, observation.observedAt, 64)',
    replace: 'writeWord(bytes, offset + 2 * WORD, 0n * observation.observedAt, 64)',
  },
  {
    id: 'R-401',
    rule: 'the contract hashes the whole observation',
    file: OBSERVATION_LIB,
    find: `observation.observedAt,
`,
    replace: `observation.observedAt * 0,
`,
  },
  {
    id: 'R-406',
    rule: 'the high half of s is refused',
    file: OBSERVATION,
    find: 'if (s > CURVE_ORDER / 2n) throw',
    replace: 'if (s > CURVE_ORDER) throw',
  },
  {
    id: 'R-406',
    rule: 'the length is exact',
    file: 'contracts/protocol/wire.ts',
    find: 'if (bytes.length !== length) throw',
    replace: 'if (bytes.length < length) throw',
  },
  {
    id: 'R-402',
    rule: 'a quorum is more than two thirds',
    file: REPORT,
    find: 'return Math.floor((2 * reporters) / 3) + 1',
    replace: 'return Math.floor((2 * reporters) / 3)',
  },
  {
    id: 'R-402',
    rule: 'the median is the lower one',
    file: REPORT,
    find: 'sorted[(sorted.length - 1) >> 1]',
    replace: 'sorted[sorted.length >> 1]',
  },
  {
    id: 'R-402',
    rule: 'the leaves are in ascending order of the index',
    file: REPORT,
    find: 'return observations.toSorted((a, b) => a.reporterIndex - b.reporterIndex)',
    replace: 'return observations.toSorted((a, b) => b.reporterIndex - a.reporterIndex)',
  },
  {
    id: 'R-407',
    rule: 'the root commits to every close as text',
    file: SAMPLES,
    find: '[[sourceId, open, close]]',
    replace: '[[sourceId, open, close.slice(0, 3)]]',
  },
  {
    id: 'R-450',
    rule: 'the id is of the canonical text',
    file: 'contracts/protocol/index-document.ts',
    find: 'return keccak256(stringToBytes(canonicalIndex(document)))',
    replace: 'return keccak256(stringToBytes(JSON.stringify(document)))',
  },
  {
    id: 'R-451',
    rule: 'a candle that opens at M is look-ahead',
    file: AGGREGATE,
    find: 'end - BigInt(samples - i) * interval',
    replace: 'end - BigInt(samples - i - 1) * interval',
  },
  {
    id: 'R-451',
    rule: 'every minute is clamped',
    file: AGGREGATE,
    find: 'candles.map((candle) => clamp(candle, low, high))',
    replace: 'candles.map((candle) => (candles.length === 0 ? clamp(candle, low, high) : candle))',
  },
  {
    id: 'R-451',
    rule: 'too few sources abstain',
    file: AGGREGATE,
    find: 'candle.count < document.aggregation.minSources',
    replace: 'candle.count < 0 * document.aggregation.minSources',
  },
  {
    id: 'R-452',
    rule: 'a round at the very end of a candle belongs to it',
    file: 'contracts/client/feed.ts',
    find: 'rounds.find(({ updatedAt }) => updatedAt <= instant)',
    replace: 'rounds.find(({ updatedAt }) => updatedAt < instant)',
  },
  {
    id: 'R-452',
    rule: 'an old round is no close',
    file: 'node/source/chainlink.ts',
    find: 'end - round.updatedAt > BigInt(maxAgeSeconds)',
    replace: 'end - round.updatedAt > 100n * BigInt(maxAgeSeconds)',
  },
  {
    id: 'R-453',
    rule: 'the mean tick is not rounded',
    file: 'contracts/protocol/mean-tick.ts',
    find: 'fractionPower(size % seconds, seconds, scale)',
    replace: 'fractionPower(0n * size, seconds, scale)',
  },
  {
    id: 'R-453',
    rule: 'the mean is over the window',
    file: 'contracts/client/pool.ts',
    find: 'query.instants.flatMap((end) => [end - seconds, end])',
    replace: 'query.instants.flatMap((end) => [end - seconds - seconds, end - seconds])',
  },
  {
    id: 'R-453',
    rule: 'the other token has the inverse',
    file: 'node/source/uniswap-v3.ts',
    find: 'cumulative: isForward ? cumulative : -cumulative',
    replace: 'cumulative: base === 0 ? cumulative : cumulative',
  },
  {
    id: 'R-510',
    rule: 'k signatures are needed',
    file: COUNCIL,
    find: 'if (count < THRESHOLD) revert',
    replace: 'if (count + 1 < THRESHOLD) revert',
  },
  {
    id: 'R-510',
    rule: 'the threshold is a majority that is not everybody',
    file: COUNCIL,
    find: 'if (k < majority || k >= members.length) revert',
    replace: 'if (k == 0) revert',
  },
  {
    id: 'R-510',
    rule: 'a check that burns its gas is passed over',
    file: COUNCIL,
    find: 'this.isSignedBy{gas: SIGNATURE_GAS}(',
    replace: 'this.isSignedBy(',
  },
  {
    id: 'R-601',
    rule: 'no split from M on',
    file: VAULT,
    find: 'if (block.timestamp >= maturity) revert',
    replace: 'if (maturity == 0) revert',
  },
  {
    id: 'R-601',
    rule: 'a split takes exactly the collateral',
    file: VAULT,
    find: 'if (got != amount) revert CollateralMismatch',
    replace: 'if (got > amount) revert CollateralMismatch',
  },
  {
    id: 'R-602',
    rule: 'a merge burns both legs',
    file: VAULT,
    find: `_burn(msg.sender, id.pId(), amount);
        _burn(msg.sender, id.nId(), amount);`,
    replace: '_burn(msg.sender, id.pId(), amount);',
  },
  {
    id: 'R-603',
    rule: 'P is worth S/x above the strike',
    file: PAYOFF,
    find: 'if (strike >= settlement) return (1, 1);',
    replace: 'if (settlement > 0) return (1, 1);',
  },
  {
    id: 'R-603',
    rule: 'redemption waits for the settlement',
    file: VAULT,
    find: 'if (!isSettled) value = ORACLE.settlement(fixing);',
    replace: 'if (!isSettled) value = fixing.separationPpm;',
  },
  {
    id: 'R-604',
    rule: 'open interest grows with every split',
    file: VAULT,
    find: 'openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] += amount;',
    replace: 'openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] = amount;',
  },
]
