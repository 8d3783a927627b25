// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatLib} from "src/libraries/SeatLib.sol";

/// @title What a jury's seats cost, earn and secure, for the solver: `npm run prove`
/// @notice See `BondLibProofs`.
contract SeatLibProofs {
    /// @notice All stakes and the amount are paid out, to the wei.
    /// @custom:proves SeatLib.shares
    /// @custom:range 1 <= kept <= seats <= 63, seatStake any uint88, amount any uint128
    function prove_shares_conserve(uint256 seats, uint256 kept, uint88 seatStake, uint128 amount) external pure {
        require(kept > 0 && kept <= seats && seats <= 63);
        (uint256 share, uint256 first) = SeatLib.shares(seats, kept, seatStake, amount);
        assert(kept * seatStake + first + (kept - 1) * share == seats * seatStake + amount);
    }

    /// @notice The first seat gets what the others get and less than one wei for each seat that is kept; no seat gets less than
    /// its part of the amount.
    /// @custom:proves SeatLib.shares
    /// @custom:range 1 <= kept <= seats <= 63, seatStake any uint88, amount any uint128
    function prove_shares_areEqual(uint256 seats, uint256 kept, uint88 seatStake, uint128 amount) external pure {
        require(kept > 0 && kept <= seats && seats <= 63);
        (uint256 share, uint256 first) = SeatLib.shares(seats, kept, seatStake, amount);
        assert(first >= share && first - share < kept);
        assert(share >= amount / kept);
    }

    /// @notice Exactly floor(4 F / (seats + 8)), and both clerks together at most the fee.
    /// @custom:proves SeatLib.clerkPay
    /// @custom:range seats <= 63, fee any uint128
    function prove_clerkPay_isFourPartsRoundedDown(uint8 seats, uint128 fee) external pure {
        require(seats <= 63);
        uint256 pay = SeatLib.clerkPay(seats, fee);
        uint256 parts = uint256(seats) + 8;
        assert(pay * parts <= 4 * uint256(fee) && 4 * uint256(fee) < pay * parts + parts);
        assert(2 * pay <= fee);
    }

    /// @notice A fee of the price or more pays each clerk four seats' fees, and leaves each seat its own.
    /// @custom:proves SeatLib.price, SeatLib.clerkPay
    /// @custom:range seats <= 63, seatFee any uint88, fee >= price, any uint128
    function prove_price_paysEverySeat(uint8 seats, uint88 seatFee, uint128 fee) external pure {
        require(seats <= 63 && fee >= SeatLib.price(seats, seatFee));
        uint256 pay = SeatLib.clerkPay(seats, fee);
        assert(pay >= 4 * uint256(seatFee));
        assert(fee - 2 * pay >= uint256(seats) * seatFee);
    }

    /// @notice As many seats as it counts are half of the quorum, and one less are not.
    /// @custom:proves SeatLib.halfQuorum
    /// @custom:range 1 <= quorum <= 63, seatStake any uint88
    function prove_halfQuorum_isTheFewestThatAreHalf(uint8 quorum, uint88 seatStake) external pure {
        require(quorum > 0 && quorum <= 63);
        uint256 fewest = SeatLib.halfQuorum(quorum, 1);
        assert(2 * fewest >= quorum && 2 * (fewest - 1) < quorum);
        assert(SeatLib.halfQuorum(quorum, seatStake) == fewest * seatStake);
    }

    /// @notice It is never above what the seats lock, and never below what a lesser quorum or a smaller stake counts.
    /// @custom:proves SeatLib.halfQuorum
    /// @custom:range less <= quorum <= seats <= 63, smaller <= seatStake: any uint88
    function prove_halfQuorum_isMonotone(uint8 seats, uint8 quorum, uint8 less, uint88 seatStake, uint88 smaller)
        external
        pure
    {
        require(seats <= 63 && quorum <= seats && less <= quorum && smaller <= seatStake);
        uint256 counted = SeatLib.halfQuorum(quorum, seatStake);
        assert(counted <= uint256(seats) * seatStake);
        assert(SeatLib.halfQuorum(less, seatStake) <= counted);
        assert(SeatLib.halfQuorum(quorum, smaller) <= counted);
    }

    /// @notice When every case that waits has been drawn, the next finds the least pool, and who has a part of all stakes at most
    /// twice that part of what it is drawn from.
    /// @custom:proves SeatLib.neededPool
    /// @custom:range own <= pool <= allStakes: any uint64, leastPool any uint32, waiting any uint64, seats <= 63
    function prove_neededPool_atMostDoublesAPart(
        uint64 pool,
        uint64 allStakes,
        uint64 own,
        uint32 leastPool,
        uint64 waiting,
        uint8 seats
    ) external pure {
        require(own <= pool && pool <= allStakes && seats <= 63);
        require(pool >= SeatLib.neededPool(seats, leastPool, allStakes, waiting));
        uint256 left = pool - uint256(waiting) * seats;
        assert(left >= leastPool);
        assert(uint256(own) * allStakes <= 2 * uint256(own) * left);
    }
}
