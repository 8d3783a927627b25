import { type DisablingEdit, type EditRow, editsOf } from './disabling-edit.ts'

const ORACLE = 'contracts/src/MaturityOracle.sol'
const PAYOUT = 'contracts/src/libraries/PayoutLib.sol'
const TWIN = 'contracts/protocol/payout.ts'
const ODDS = 'contracts/protocol/odds.ts'
const POLICY = 'contracts/protocol/policy.ts'

const PAYOFFS: readonly EditRow[] = [
  [
    'R-300',
    'a pot mints what it takes',
    ORACLE,
    '_mint(msg.sender, receipt, taken);',
    '_mint(msg.sender, receipt, taken - 1);',
  ],
  ['R-300', 'nothing to claim is an error', ORACLE, 'if (burned == 0) revert NothingToClaim(receipt);', ''],
  [
    'R-300',
    'filled pots pay once settled',
    ORACLE,
    'if (how == Outcome.None) revert NotSettled(id);\n        if (how == Outcome.Expiry) return burned;\n        if (winner',
    'if (how == Outcome.Expiry || how == Outcome.None) return burned;\n        if (winner',
  ],
  [
    'R-300',
    'a claim is of who holds the receipts',
    ORACLE,
    'uint256 burned = balanceOf(msg.sender, receipt);',
    'uint256 burned = balanceOf(msg.sender, receipt) == 0 ? 0 : dispute.head.bond();',
  ],
  ['R-301', 'a timeout forfeits a fifth', PAYOUT, 'TIMEOUT_FORFEIT = 20', 'TIMEOUT_FORFEIT = 21'],
  ['R-301', 'a ruling forfeits two fifths', PAYOUT, 'RULING_FORFEIT = 40', 'RULING_FORFEIT = 41'],
  [
    'R-301',
    'losers are paid nothing',
    ORACLE,
    'if (winner != index && winner != DisputeLib.NO_CANDIDATE) return 0;',
    'if (index == DisputeLib.NO_CANDIDATE) return 0;',
  ],
  ['R-301', 'the bonus is at most what is lost', PAYOUT, 'bonus = _min(maxBonus, losing - sink);', 'bonus = maxBonus;'],
  [
    'R-301',
    "an appeal's receipts are for stake and fee",
    PAYOUT,
    '(burned * ((stake * shared) / base + bonus)) / (stake + fee)',
    '(burned * ((stake * shared) / base + bonus)) / (stake + 0 * fee)',
  ],
  [
    'R-302',
    'without a winner sponsors get their fee back',
    PAYOUT,
    'return _divide(total, 0, RULING_FORFEIT, fee);',
    'return _divide(total, 0, RULING_FORFEIT, 0 * fee);',
  ],
  ['R-302', 'expiry burns nothing', ORACLE, 'if (how != Outcome.Expiry) (toSink,,,)', '(toSink,,,)'],
  ['R-302', 'the twin forfeits 40 % too', TWIN, 'RULING_FORFEIT_PERCENT = 40n', 'RULING_FORFEIT_PERCENT = 41n'],
  [
    'R-303',
    'a fund mints what it takes',
    ORACLE,
    '_mint(msg.sender, receipt, amount);',
    '_mint(msg.sender, receipt, amount - 1);',
  ],
  [
    'R-303',
    'funders share what is left',
    PAYOUT,
    'return Math.mulDiv(burned, rewardPot - used, rewardPot);',
    'return Math.mulDiv(burned, rewardPot - 0 * used, rewardPot);',
  ],
  [
    'R-303',
    'a pot of any size is divided',
    PAYOUT,
    'return Math.mulDiv(burned, wholeReward, bond);',
    'return (burned * wholeReward) / bond;',
  ],
  [
    'R-303',
    'a losing proposal has no reward',
    ORACLE,
    'if (winner == 0) used = _reward(',
    'if (winner != DisputeLib.NO_CANDIDATE) used = _reward(',
  ],
  ['R-303', 'the reward grows no more after six hours', PAYOUT, 'if (elapsed >= REWARD_RAMP) return rewardPot;', ''],
  [
    'R-303',
    'a winning INVALID is rewarded',
    ORACLE,
    'if (round == 0 && winner == 0 && head.isFunded()) {',
    'if (round == 0 && winner == 0 && head.isFunded() && value != DistanceLib.INVALID) {',
  ],
  [
    'R-303',
    'the twin ends its ramp too',
    TWIN,
    'return (pot * smaller(elapsedSeconds, REWARD_RAMP)) / REWARD_RAMP',
    'return (pot * elapsedSeconds) / REWARD_RAMP',
  ],
  [
    'R-303',
    'the twin takes off what was used too',
    TWIN,
    'return (burned * (pot - used)) / pot',
    'return (burned * (pot - 0n * used)) / pot',
  ],
  [
    'R-304',
    'a part of a holding is paid its part',
    PAYOUT,
    'return (burned * shared) / base;',
    'return shared > 0 && base > 0 ? burned : 0;',
  ],
  [
    'R-304',
    'the forfeit is that of the end',
    ODDS,
    "by === 'timeout' ? TIMEOUT_FORFEIT_PERCENT : RULING_FORFEIT_PERCENT",
    "by === 'timeout' ? RULING_FORFEIT_PERCENT : TIMEOUT_FORFEIT_PERCENT",
  ],
  [
    'R-305',
    'the sink waits for the settlement',
    ORACLE,
    'if (how == Outcome.None) revert NotSettled(id);\n        if (dispute.isCollected)',
    'if (how == Outcome.None) return 0;\n        if (dispute.isCollected)',
  ],
  ['R-305', 'expiry leaves nothing to the sink', ORACLE, 'if (how != Outcome.Expiry) (toSink,,,)', '(toSink,,,)'],
]

const POLICIES: readonly EditRow[] = [
  [
    'R-310',
    'a sure value is acted on also when the leader is within separation',
    POLICY,
    'if (sure !== undefined) return act(',
    'if (sure !== undefined && isSeparated(own, leader.value, view.separationPpm)) return act(',
  ],
  [
    'R-310',
    'an own observation that is separated is admissible',
    POLICY,
    'if (isNew) return act(',
    'if (isNew && view.round > 1) return act(',
  ],
  [
    'R-310',
    'at n = 1 sure is near as well',
    POLICY,
    '(round > 1 || compare(candidate.ratio, closeness) <= 0)',
    '(round > 0 || compare(candidate.ratio, closeness) <= 0)',
  ],
  [
    'R-310',
    'without a sure value only a leader that is far off is acted against',
    POLICY,
    '!isBeyond(leader.ratio, onePlus(view.separationPpm), noisePpm)',
    '!isBeyond(leader.ratio, onePlus(0), noisePpm)',
  ],
  [
    'R-310',
    'the smaller-staked of the equally near',
    POLICY,
    '(x.stake < y.stake ? -1 : Number(x.stake > y.stake))',
    '(x.stake > y.stake ? -1 : Number(x.stake < y.stake))',
  ],
  [
    'R-311',
    "the report's median comes first",
    POLICY,
    'if (reportValue !== undefined && isJoinable(reportValue)) return reportValue',
    'if (reportValue === own && isJoinable(reportValue)) return reportValue',
  ],
  [
    'R-311',
    'then the fullest pot',
    POLICY,
    'return a.filled > b.filled ? -1 : 1',
    'return a.filled < b.filled ? -1 : 1',
  ],
  [
    'R-312',
    'an own INVALID is no number',
    POLICY,
    "if (own === INVALID) return none('The own observation is INVALID, which is no number to defend.')",
    "if (own === INVALID) return act(view, 1n, 'The own observation is INVALID, which is no number to defend.')",
  ],
]

/** Payoffs and policy: each rule turned off, one at a time. */
export const PAYOFF_EDITS: readonly DisablingEdit[] = editsOf([...PAYOFFS, ...POLICIES])
