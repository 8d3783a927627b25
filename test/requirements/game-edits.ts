import { type DisablingEdit, type EditRow, editsOf } from './disabling-edit.ts'

const ORACLE = 'contracts/src/MaturityOracle.sol'
const BOND = 'contracts/src/libraries/BondLib.sol'
const DISPUTE = 'contracts/src/libraries/DisputeLib.sol'
const DISTANCE = 'contracts/src/libraries/DistanceLib.sol'
const OPEN_INTEREST = 'contracts/src/libraries/OpenInterestLib.sol'

/** What a rule of the game reads in a source, and reads without it. */
const PHASES_AND_VIEWS: readonly EditRow[] = [
  [
    'R-110',
    'the second of the maturity is Open',
    DISPUTE,
    'if (block.timestamp < fixing.maturity) return Phase.Pending;',
    'if (block.timestamp <= fixing.maturity) return Phase.Pending;',
  ],
  [
    'R-110',
    'a ruling settles',
    DISPUTE,
    'if (self.ruling != 0) return Phase.Settled;',
    'if (self.ruling == 1) return Phase.Settled;',
  ],
  [
    'R-110',
    'the twin ends a window at its deadline too',
    'contracts/protocol/phase.ts',
    'now < facts.deadline ?',
    'now <= facts.deadline ?',
  ],
  [
    'R-111',
    'settlementOf knows nothing of a fixing that nobody touched',
    DISPUTE,
    'if (head.proposal() == 0 || block.timestamp < head.deadline()) return (false, 0);',
    'if (block.timestamp < head.deadline()) return (false, 0);',
  ],
  [
    'R-111',
    'what completes a pot is shown while it can be joined',
    DISPUTE,
    'current != Phase.Active || round != head.round()) return 0;',
    'current == Phase.Pending || round != head.round()) return 0;',
  ],
  [
    'R-111',
    'no pot is for zero',
    DISPUTE,
    'if (value == 0 || !isClear || index == head.leader()) return 0;',
    'if (!isClear || index == head.leader()) return 0;',
  ],
  [
    'R-111',
    'after an appeal the deadline stays',
    ORACLE,
    'return (round, leader, staked, uint64(head.deadline()), dispute.arbitratedAt);',
    'return (round, leader, staked, head.isArbitrated() ? 0 : uint64(head.deadline()), dispute.arbitratedAt);',
  ],
  [
    'R-111',
    'candidates have the stake of the appeal',
    DISPUTE,
    'if (index == self.appealedIndex) stake += a;',
    'if (index == self.appealedIndex) stake += a * 0;',
  ],
  [
    'R-111',
    'a claim moves no outcome',
    ORACLE,
    '_burn(msg.sender, receipt, burned);',
    '_burn(msg.sender, receipt, burned);\n        dispute.head = Head.wrap(0);',
  ],
  [
    'R-111',
    'the quote follows the open interest in every phase',
    ORACLE,
    'd = _bond(fixing, _id(fixing));',
    'd = block.timestamp < fixing.maturity ? fixing.minBond : _bond(fixing, _id(fixing));',
  ],
]

const PROPOSALS_AND_POTS: readonly EditRow[] = [
  [
    'R-201',
    'a proposal stands for the first window',
    ORACLE,
    'uint256 deadline = block.timestamp + fixing.firstWindow;',
    'uint256 deadline = block.timestamp + fixing.window;',
  ],
  [
    'R-201',
    'zero is no value',
    ORACLE,
    `if (value == 0) revert ZeroValue();
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requirePhase(dispute.phase(fixing, head), Phase.Open);`,
    `(FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requirePhase(dispute.phase(fixing, head), Phase.Open);`,
  ],
  [
    'R-201',
    'a bond is at most 2^80',
    ORACLE,
    `if (d > FixingLib.MAX_BOND) revert BondAboveMax(d, FixingLib.MAX_BOND);

        uint256 deadline`,
    'uint256 deadline',
  ],
  [
    'R-201',
    'less than 32 bytes are unreadable',
    OPEN_INTEREST,
    'gt(returndatasize(), 0x1f)',
    'gt(returndatasize(), 0x1e)',
  ],
  [
    'R-201',
    'a read that could not be given its full gas is refused',
    OPEN_INTEREST,
    'if ((gasleft() - gasleft() / 64) > cap + 5_300) {',
    'if (gasleft() > 0) {',
  ],
  [
    'R-201',
    'the twin takes the larger of minimum and share too',
    'contracts/protocol/bond.ts',
    'return share > minBond ? share : minBond',
    'return share > minBond ? minBond : share',
  ],
  [
    'R-202',
    'a pot takes no more than it needs',
    ORACLE,
    'taken = amount < need - before ? amount : need - before;',
    'taken = amount;',
  ],
  [
    'R-202',
    'a fill starts a full window',
    ORACLE,
    'uint256 deadline = block.timestamp + fixing.window;',
    'uint256 deadline = head.deadline();',
  ],
  [
    'R-202',
    'pots do not constrain each other',
    ORACLE,
    `uint256 receipt = id.receiptId(kind, round, value);
        uint256 before = _partialPots[receipt];
        taken = amount < need - before ? amount : need - before;
        uint256 filled = before + taken;
        isFull = filled == need;
        if (!isFull) _partialPots[receipt] = filled;
        else if (before != 0) delete _partialPots[receipt];`,
    `uint256 receipt = id.receiptId(kind, round, value);
        uint256 common = id.receiptId(kind, round, 0);
        uint256 before = _partialPots[common];
        taken = amount < need - before ? amount : need - before;
        uint256 filled = before + taken;
        isFull = filled == need;
        if (!isFull) _partialPots[common] = filled;
        else if (before != 0) delete _partialPots[common];`,
  ],
  [
    'R-202',
    'the leader cannot be contributed to',
    DISPUTE,
    'if (index == head.leader()) revert IMaturityOracle.ValueLeads(value);',
    'if (index == head.leader() && value == 0) revert IMaturityOracle.ValueLeads(value);',
  ],
  [
    'R-202',
    'no pot fills after the last leader',
    ORACLE,
    'if (round >= FixingLib.MAX_LEADERS) revert LeaderLimit(round);',
    'if (round > FixingLib.MAX_LEADERS) revert LeaderLimit(round);',
  ],
  [
    'R-203',
    'an unfilled pot refunds',
    ORACLE,
    'if (isLive) revert PotLive(round, value);\n            return burned;',
    'if (isLive) revert PotLive(round, value);\n            return 0;',
  ],
  [
    'R-203',
    'a pot of an earlier round refunds before the settlement',
    ORACLE,
    'bool isLive = round == head.round() && dispute.phase(fixing, head) == Phase.Active;',
    'bool isLive = dispute.phase(fixing, head) == Phase.Active;',
  ],
  [
    'R-203',
    'pots refund during arbitration',
    ORACLE,
    'bool isLive = round == head.round() && dispute.phase(fixing, head) == Phase.Active;',
    'bool isLive = round == head.round() && dispute.phase(fixing, head) != Phase.Settled;',
  ],
]

const APPEALS_AND_RULINGS: readonly EditRow[] = [
  [
    'R-204',
    "an appeal's stake is rounded up",
    BOND,
    '(total + APPEAL_DIVISOR - 1) / APPEAL_DIVISOR',
    'total / APPEAL_DIVISOR',
  ],
  [
    'R-204',
    'an appealed new value is a candidate',
    ORACLE,
    'dispute.appealedIndex = uint8(index);',
    'dispute.appealedIndex = uint8(index % 2);',
  ],
  [
    'R-204',
    'appeal pots and receipts are apart',
    ORACLE,
    'uint256 receipt = id.receiptId(kind, round, value);\n        uint256 before',
    'uint256 receipt = id.receiptId(Kind.Stake, round, value);\n        uint256 before',
  ],
  [
    'R-204',
    'arbitration begins now',
    ORACLE,
    'dispute.arbitratedAt = uint40(block.timestamp);',
    'dispute.arbitratedAt = uint40(head.deadline());',
  ],
  [
    'R-205',
    'the first turn ends at the limit',
    ORACLE,
    'block.timestamp < uint256(dispute.arbitratedAt)',
    'block.timestamp <= uint256(dispute.arbitratedAt)',
  ],
  ['R-205', 'a tie goes to the leader', DISTANCE, 'index = leader;', 'index = leader * 0;'],
  [
    'R-205',
    'a tie of others goes to the earlier',
    DISTANCE,
    'if (_beats(values[i], values[index], f)) index = i;',
    'if (i != leader && !_beats(values[index], values[i], f)) index = i;',
  ],
  ['R-205', 'the band has its edge in it', DISTANCE, '_gap(a, b) * PPM <= bandPpm', '_gap(a, b) * PPM < bandPpm'],
  [
    'R-205',
    'INVALID matches only INVALID',
    DISTANCE,
    'if (a == INVALID || b == INVALID) return false;',
    'if (a == INVALID || b == INVALID) return true;',
  ],
  ['R-206', 'a request goes to the arbitrator', ORACLE, '_arbitrate(dispute, fixing, id, head, Kind.Request);', ''],
  [
    'R-206',
    'expiry refunds a request',
    ORACLE,
    'if (how == Outcome.Expiry) return burned;\n        uint256 rewardPot',
    'if (how == Outcome.Expiry) return 0;\n        uint256 rewardPot',
  ],
  [
    'R-208',
    'no gas depends on the funders',
    ORACLE,
    '_mint(msg.sender, receipt, amount);',
    'for (uint256 i = _partialPots[1]++; i > 0; --i) _partialPots[1] += 0;\n        _mint(msg.sender, receipt, amount);',
  ],
  [
    'R-206',
    'the twin repays one and a half times too',
    'contracts/protocol/payout.ts',
    'return smaller((3n * arbitrationFee) / 2n, rewardPot)',
    'return smaller(arbitrationFee, rewardPot)',
  ],
]

/** Two checks in their order; the edit has them in the other. */
const ORDER: readonly (readonly [rule: string, file: string, first: string, second: string])[] = [
  ['propose checks parameters before the value', ORACLE, 'fixing.validate();', 'if (value == 0) revert ZeroValue();'],
  [
    'propose checks the phase before the bond',
    ORACLE,
    '_requirePhase(dispute.phase(fixing, head), Phase.Open);',
    'd = _bond(fixing, id);\n        if (d > maxBond) revert BondAboveMax(d, maxBond);',
  ],
  [
    'contribute checks the round before the limit',
    ORACLE,
    '_requireRound(dispute, fixing, head, round);',
    'if (round >= FixingLib.MAX_LEADERS) revert LeaderLimit(round);',
  ],
  [
    'contribute checks the limit before the value',
    ORACLE,
    'if (round >= FixingLib.MAX_LEADERS) revert LeaderLimit(round);',
    'uint256 index = dispute.locate(head, value, fixing.separationPpm);',
  ],
  [
    'appeal checks the round before the dispute',
    ORACLE,
    '_requireRound(dispute, fixing, head, round);',
    'if (round < 2) revert NotDisputed(round);',
  ],
  [
    'phase before round',
    ORACLE,
    '_requirePhase(dispute.phase(fixing, head), Phase.Active);',
    'if (round != head.round()) revert StaleRound(round, uint8(head.round()));',
  ],
  [
    'rule checks the value before the phase',
    ORACLE,
    'if (value == 0) revert ZeroValue();',
    '(FixingId id, Dispute storage dispute, Head head) = _load(fixing);\n        _requirePhase(dispute.phase(fixing, head), Phase.Arbitration);',
  ],
  [
    'request checks parameters before the phase',
    ORACLE,
    'fixing.validate();',
    '(FixingId id, Dispute storage dispute, Head head) = _load(fixing);\n        _requirePhase(dispute.phase(fixing, head), Phase.Open);\n        uint256 graceEnd = fixing.graceEnd();',
  ],
  [
    'fund checks the amount before the phase',
    ORACLE,
    'if (amount == 0) revert ZeroAmount();',
    '(FixingId id, Dispute storage dispute, Head head) = _load(fixing);\n        if (dispute.phase(fixing, head) == Phase.Settled) revert WrongPhase(Phase.Settled, Phase.Open);',
  ],
]

/** The game: each rule turned off, one at a time. */
export const GAME_EDITS: readonly DisablingEdit[] = [
  ...editsOf([...PHASES_AND_VIEWS, ...PROPOSALS_AND_POTS, ...APPEALS_AND_RULINGS]),
  ...ORDER.map(([rule, file, first, second]) => ({
    id: 'R-209',
    rule,
    file,
    find: `${first}\n        ${second}`,
    replace: `${second}\n        ${first}`,
  })),
]
