// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @notice The constants of a jury, fixed at its deployment. Amounts are bond-token wei, times are seconds.
struct JuryTerms {
    /// How many seats a case has. Odd, 3 .. 63; 31 or more where the value at stake matters: a holder of 30 % of the stake
    /// has a majority of 5 seats in 16 % of the draws, of 31 seats in 1 %.
    uint8 seats;
    /// How many seats must have revealed for a verdict: a majority of them at least.
    uint8 quorum;
    /// How many of the stakes must be in the pool for a draw: the seats at least. With few stakes more than the seats, who
    /// holds many of them is sure to be drawn.
    uint32 leastPool;
    /// The least separation of a fixing that it takes, ppm: a vote may be half of it from the verdict, and honest noise must stay
    /// within. 1 .. 200 000.
    uint32 leastSeparationPpm;
    /// How long a stake waits before it can be drawn, so that the other jurors see who comes, and may leave. 1 d .. 30 d.
    uint32 warmUp;
    /// What a seat has at stake. >= 1.
    uint88 seatStake;
    /// What a seat is paid at least; a fixing whose fee is less than this for every seat and eight more, which pay for drawing and
    /// resolving, is refused. >= 1.
    uint88 seatFee;
    /// How long jurors may commit after the draw. 1 h .. 10 d.
    uint32 commitTime;
    /// How long they may reveal after that. 1 h .. 10 d.
    uint32 revealTime;
}

/// @notice Where a case stands.
enum JuryStage {
    /// Not opened.
    None,
    /// Waits for the block that its seed comes from, and for the draw.
    Waiting,
    /// Jurors have seats, and commit and reveal.
    Voting,
    /// Too few revealed. The case can be opened once more, for other jurors.
    Hung,
    /// There was a verdict; whether the oracle took it is the oracle's to tell.
    Decided,
    /// No verdict: too few revealed twice, or the time was over. The oracle's next arbitrator has its turn.
    Failed
}

/// @notice A case: one fixing before one jury. Two slots.
struct JuryCase {
    JuryStage stage;
    /// 0, and 1 once it hung.
    uint8 round;
    /// The block whose `prevrandao` seeds the draw.
    uint64 seedBlock;
    /// First second at which nobody can commit any more, and from which on jurors reveal.
    uint40 commitEnd;
    /// First second at which nobody can reveal any more.
    uint40 revealEnd;
    /// Who drew, and is paid for it.
    address drawer;
    /// Stakes of those who did not reveal, while nobody has earned them, bond-token wei.
    uint96 forfeited;
}

/// @notice Stakes of a juror that cannot be drawn yet.
struct Newcomer {
    uint64 count;
    /// First second at which they can be put into the pool.
    uint64 admitTime;
}

/// @notice One seat of one round of a case.
struct JurySeat {
    /// Whose stake it is.
    address juror;
    bool isRevealed;
    /// The commitment; once revealed, the value. 0 = nothing committed.
    uint256 vote;
}
