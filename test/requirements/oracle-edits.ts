import type { DisablingEdit } from './disabling-edit.ts'

const ORACLE = 'contracts/src/MaturityOracle.sol'
const BOND = 'contracts/src/libraries/BondLib.sol'
const DISPUTE = 'contracts/src/libraries/DisputeLib.sol'
const DISTANCE = 'contracts/src/libraries/DistanceLib.sol'
const FIXING = 'contracts/src/libraries/FixingLib.sol'
const OPEN_INTEREST = 'contracts/src/libraries/OpenInterestLib.sol'
const PAYOUT = 'contracts/src/libraries/PayoutLib.sol'

/** Requirements of the oracle: each rule turned off, one at a time. */
export const ORACLE_EDITS: readonly DisablingEdit[] = [
  {
    id: 'R-100',
    rule: 'every pull moves exactly the amount',
    file: ORACLE,
    find: 'if (got != amount) revert TransferMismatch',
    replace: 'if (got > amount) revert TransferMismatch',
  },
  {
    id: 'R-100',
    rule: 'entry points are non-reentrant',
    file: ORACLE,
    find: 'function fund(Fixing calldata fixing, uint256 amount) external nonReentrant {',
    replace: 'function fund(Fixing calldata fixing, uint256 amount) external {',
  },
  {
    id: 'R-100',
    rule: 'the sink is an address',
    file: ORACLE,
    find: 'if (sink == address(0)) revert',
    replace: 'if (sink == address(1)) revert',
  },
  {
    id: 'R-101',
    rule: 'the id is bound to the chain',
    file: FIXING,
    find: 'mstore(free, chainId)',
    replace: 'mstore(free, mul(0, chainId))',
  },
  {
    id: 'R-101',
    rule: 'create validates',
    file: ORACLE,
    find: `returns (FixingId id) {
        fixing.validate();`,
    replace: 'returns (FixingId id) {',
  },
  {
    id: 'R-101',
    rule: 'the fee is at most two fifths of the smallest bond',
    file: FIXING,
    find: '(2 * uint256(fixing.minBond)) / 5',
    replace: '(3 * uint256(fixing.minBond)) / 5',
  },
  {
    id: 'R-102',
    rule: 'separation is a share of the smaller value',
    file: DISTANCE,
    find: 'separationPpm * _smaller(a, b)',
    replace: 'separationPpm * _smaller(0, b)',
  },
  {
    id: 'R-102',
    rule: 'INVALID is infinitely far from every number',
    file: DISTANCE,
    find: 'if (a == INVALID || b == INVALID) return true;',
    replace: 'if (a == INVALID || b == INVALID) return false;',
  },
  {
    id: 'R-103',
    rule: 'four leaders at most',
    file: FIXING,
    find: 'MAX_LEADERS = 4',
    replace: 'MAX_LEADERS = 5',
  },
  {
    id: 'R-103',
    rule: 'a timeout forfeits 20 %',
    file: PAYOUT,
    find: 'TIMEOUT_FORFEIT = 20',
    replace: 'TIMEOUT_FORFEIT = 0',
  },
  {
    id: 'R-103',
    rule: 'a ruling forfeits 40 %',
    file: PAYOUT,
    find: 'RULING_FORFEIT = 40',
    replace: 'RULING_FORFEIT = 0',
  },
  {
    id: 'R-103',
    rule: 'the reward grows for six hours',
    file: PAYOUT,
    find: 'REWARD_RAMP = 6 hours',
    replace: 'REWARD_RAMP = 1 seconds',
  },
  {
    id: 'R-110',
    rule: 'arbitration expires',
    file: DISPUTE,
    find: 'return block.timestamp < self.arbitrationEnd ? Phase.Arbitration : Phase.Settled;',
    replace: 'return Phase.Arbitration;',
  },
  {
    id: 'R-110',
    rule: 'a fixing that nobody proposed expires',
    file: DISPUTE,
    find: 'return block.timestamp < FixingLib.openEnd(fixing) ? Phase.Open : Phase.Settled;',
    replace: 'return FixingLib.openEnd(fixing) == 0 ? Phase.Settled : Phase.Open;',
  },
  {
    id: 'R-110',
    rule: 'a deadline belongs to what comes after it',
    file: DISPUTE,
    find: 'block.timestamp < head.deadline() ? Phase.Active',
    replace: 'block.timestamp <= head.deadline() ? Phase.Active',
  },
  {
    id: 'R-111',
    rule: 'settlement reverts before the fixing is settled',
    file: ORACLE,
    find: 'if (dispute.phase(fixing, head) != Phase.Settled) revert NotSettled(id);',
    replace: 'if (dispute.phase(fixing, head) == Phase.Pending) revert NotSettled(id);',
  },
  {
    id: 'R-111',
    rule: 'pot shows what an unfilled pot took in',
    file: ORACLE,
    find: 'if (filled == 0) filled = _partialPots[id.receiptId(kind, round, value)];',
    replace: 'if (filled == 0) filled = 0 * _partialPots[id.receiptId(kind, round, value)];',
  },
  {
    id: 'R-201',
    rule: 'the bond grows with the open interest',
    file: BOND,
    find: 'return share > minBond ? share : minBond;',
    replace: 'return share > minBond ? minBond : minBond;',
  },
  {
    id: 'R-201',
    rule: 'an unreadable open interest reverts',
    file: OPEN_INTEREST,
    find: 'if (!isRead) revert',
    replace: 'if (!isRead && source == address(1)) revert',
  },
  {
    id: 'R-201',
    rule: 'the bond is at most what the caller allows',
    file: ORACLE,
    find: 'if (d > maxBond) revert',
    replace: 'if (d > maxBond && maxBond > d) revert',
  },
  {
    id: 'R-202',
    rule: 'a new value is separated from every candidate',
    file: DISPUTE,
    find: 'if (!isClear) revert',
    replace: 'if (!isClear && value == 0) revert',
  },
  {
    id: 'R-202',
    rule: 'a contribution is to the present round',
    file: ORACLE,
    find: 'if (round != head.round()) revert',
    replace: 'if (round > head.round()) revert',
  },
  {
    id: 'R-202',
    rule: 'a filled pot has twice what the others have',
    file: BOND,
    find: 'return 2 * total - 3 * stake;',
    replace: 'return 2 * total - 2 * stake;',
  },
  {
    id: 'R-203',
    rule: 'live pots are locked',
    file: ORACLE,
    find: 'if (isLive) revert PotLive(round, value);',
    replace: 'if (isLive && value == 0) revert PotLive(round, value);',
  },
  {
    id: 'R-204',
    rule: 'an appeal needs a dispute',
    file: ORACLE,
    find: 'if (round < 2) revert NotDisputed(round);',
    replace: '',
  },
  {
    id: 'R-204',
    rule: 'an appeal costs the fee',
    file: ORACLE,
    find: 'uint256 need = DisputeLib.appealStake(head) + fixing.arbitrationFee;',
    replace: 'uint256 need = DisputeLib.appealStake(head);',
  },
  {
    id: 'R-205',
    rule: 'only the current arbitrator rules',
    file: ORACLE,
    find: 'if (msg.sender != current) revert',
    replace: 'if (msg.sender != current && value == 0) revert',
  },
  {
    id: 'R-205',
    rule: 'nearness is a ratio',
    file: DISTANCE,
    find: '_gap(a, f) * _smaller(b, f) < _gap(b, f) * _smaller(a, f)',
    replace: '_gap(a, f) < _gap(b, f)',
  },
  {
    id: 'R-205',
    rule: 'the winner is within the band',
    file: DISTANCE,
    find: 'found = isWithin(values[index], f, bandPpm);',
    replace: 'found = isWithin(values[index], f, bandPpm) || true;',
  },
  {
    id: 'R-205',
    rule: 'whoever rules is paid',
    file: ORACLE,
    find: 'BOND_TOKEN.safeTransfer(msg.sender, fixing.arbitrationFee);',
    replace: '',
  },
  {
    id: 'R-206',
    rule: 'a request waits for the end of the grace',
    file: ORACLE,
    find: 'if (block.timestamp < graceEnd) revert',
    replace: 'if (graceEnd == 0) revert',
  },
  {
    id: 'R-206',
    rule: 'a request is repaid one and a half times',
    file: PAYOUT,
    find: 'return _min(sponsorBonus(fee), rewardPot);',
    replace: 'return _min(fee, rewardPot);',
  },
  {
    id: 'R-207',
    rule: 'the oracle calls no arbitrator',
    file: ORACLE,
    find: 'dispute.head = head.arbitrate();',
    replace: `dispute.head = head.arbitrate();
        (bool isCalled,) = fixing.arbitrator.call("");
        if (!isCalled) revert ZeroValue();`,
  },
  {
    id: 'R-208',
    rule: 'no gas depends on the crowd',
    file: ORACLE,
    find: '_mint(msg.sender, receipt, taken);',
    replace: `for (uint256 i = _partialPots[0]++; i > 0; --i) _partialPots[0] += 0;
        _mint(msg.sender, receipt, taken);`,
  },
  {
    id: 'R-209',
    rule: 'zero value is refused before zero amount',
    file: ORACLE,
    find: `if (value == 0) revert ZeroValue();
        if (amount == 0) revert ZeroAmount();`,
    replace: `if (amount == 0) revert ZeroAmount();
        if (value == 0) revert ZeroValue();`,
  },
  {
    id: 'R-209',
    rule: 'parameters are checked before the amount',
    file: ORACLE,
    find: `fixing.validate();
        if (amount == 0) revert ZeroAmount();`,
    replace: `if (amount == 0) revert ZeroAmount();
        fixing.validate();`,
  },
  {
    id: 'R-300',
    rule: 'the id of a receipt has the round in it',
    file: FIXING,
    find: 'uint256(kind), round, value)',
    replace: 'uint256(kind), round * 0, value)',
  },
  {
    id: 'R-300',
    rule: 'a claim burns the balance',
    file: ORACLE,
    find: '_burn(msg.sender, receipt, burned);',
    replace: '',
  },
  {
    id: 'R-300',
    rule: 'losing receipts pay nothing',
    file: ORACLE,
    find: 'if (winner != index && winner != DisputeLib.NO_CANDIDATE) return 0;',
    replace: 'if (index == DisputeLib.NO_CANDIDATE) return 0;',
  },
  {
    id: 'R-301',
    rule: 'winners share what the sink does not get',
    file: PAYOUT,
    find: 'return (burned * shared) / base;',
    replace: 'return shared > 0 && base > 0 ? burned : 0;',
  },
  {
    id: 'R-301',
    rule: 'sponsors of the winner have a bonus',
    file: ORACLE,
    find: 'isSponsored ? PayoutLib.sponsorBonus(fixing.arbitrationFee) : 0',
    replace: 'isSponsored ? 0 * PayoutLib.sponsorBonus(fixing.arbitrationFee) : 0',
  },
  {
    id: 'R-302',
    rule: 'expiry refunds everything',
    file: ORACLE,
    find: `if (how == Outcome.Expiry) return burned;
        if (winner`,
    replace: `if (how == Outcome.Expiry) return 0;
        if (winner`,
  },
  {
    id: 'R-302',
    rule: 'without a winner all stake forfeits 40 %',
    file: PAYOUT,
    find: 'return _divide(total, 0, RULING_FORFEIT, fee);',
    replace: 'return _divide(total, 0, 0, fee);',
  },
  {
    id: 'R-303',
    rule: 'a settled fixing takes no funds',
    file: ORACLE,
    find: 'if (dispute.phase(fixing, head) == Phase.Settled) revert',
    replace: 'if (amount == 0 && dispute.phase(fixing, head) == Phase.Settled) revert',
  },
  {
    id: 'R-303',
    rule: 'the first proposal is rewarded if it wins',
    file: PAYOUT,
    find: 'return Math.mulDiv(rewardPot, elapsed, REWARD_RAMP);',
    replace: 'return Math.mulDiv(0 * rewardPot, elapsed, REWARD_RAMP);',
  },
  {
    id: 'R-305',
    rule: 'the sink gets its share once',
    file: ORACLE,
    find: 'if (dispute.isCollected) revert AlreadyCollected(id);',
    replace: '',
  },
  {
    id: 'R-305',
    rule: 'collect sends it',
    file: ORACLE,
    find: 'if (toSink != 0) BOND_TOKEN.safeTransfer(SINK, toSink);',
    replace: '',
  },
]
