// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a jury's seats cost, earn and secure
/// @notice Bond-token wei and whole stakes. For amounts below 2^128 and at most 63 seats nothing overflows.
library SeatLib {
    /// @dev What drawing and resolving are paid, each, in seats' shares: a million gas and more.
    uint256 private constant CLERK_SHARES = 4;

    /// @notice The least fee of a case: one for each seat, and as if for eight more (R-500).
    function price(uint256 seats, uint256 seatFee) internal pure returns (uint256) {
        return (seats + 2 * CLERK_SHARES) * seatFee;
    }

    /// @notice What of `fee` goes to who draws, and as much to who resolves, rounded down (R-504).
    function clerkPay(uint256 seats, uint256 fee) internal pure returns (uint256) {
        return fee * CLERK_SHARES / (seats + 2 * CLERK_SHARES);
    }

    /// @notice What each of the `kept` seats, one at least, gets beside its own stake: equal shares of `amount` and of the stakes
    /// of all other seats; and the first of them, which also gets the remainder (R-504).
    function shares(uint256 seats, uint256 kept, uint256 seatStake, uint256 amount)
        internal
        pure
        returns (uint256 share, uint256 first)
    {
        amount += (seats - kept) * seatStake;
        share = amount / kept;
        first = share + amount % kept;
    }

    /// @notice The stakes of half of a quorum, rounded up to a whole one (R-505).
    function halfQuorum(uint256 quorum, uint256 seatStake) internal pure returns (uint256) {
        return (quorum + 1) / 2 * seatStake;
    }

    /// @notice The pool that the next case needs: `leastPool`, or half of `allStakes`, rounded up, if that is more, beside the
    /// seats of the cases that wait (R-500).
    function neededPool(uint256 seats, uint256 leastPool, uint256 allStakes, uint256 waiting)
        internal
        pure
        returns (uint256)
    {
        uint256 half = (allStakes + 1) / 2;
        return (half > leastPool ? half : leastPool) + waiting * seats;
    }
}
