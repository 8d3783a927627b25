// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BondLib} from "src/libraries/BondLib.sol";

/// @title What a step costs, for the solver: `npm run prove`
/// @notice Each function is one property: for every input that its types and `require`s let through, each `assert` holds and no
/// arithmetic in it or in what it calls overflows.
contract BondLibProofs {
    uint256 private constant PPM = 1e6;

    /// @notice No overflow whatever the open interest, and never below the minimum.
    /// @custom:proves BondLib.bondFor
    /// @custom:range minBond any uint128, bondPpm <= 1 000 000, open interest any uint256
    function prove_bondFor_neverOverflows(uint128 minBond, uint32 bondPpm, uint256 openInterest) external pure {
        require(bondPpm <= PPM);
        assert(BondLib.bondFor(minBond, bondPpm, openInterest) >= minBond);
    }

    /// @notice Without a minimum it is exactly floor(bondPpm * OI / 1e6).
    /// @custom:proves BondLib.bondFor
    /// @custom:range bondPpm any uint32, open interest any uint216
    function prove_bondFor_isTheExactShare(uint32 bondPpm, uint216 openInterest) external pure {
        uint256 share = BondLib.bondFor(0, bondPpm, openInterest);
        assert(share * PPM <= uint256(openInterest) * bondPpm);
        assert(uint256(openInterest) * bondPpm < share * PPM + PPM);
    }

    /// @notice It is the larger of the minimum and the exact share: for one share at a time.
    /// @custom:proves BondLib.bondFor
    /// @custom:range bondPpm 1, 2500 (the default) and 100 000 (the most), minBond any uint128, open interest any uint216
    function prove_bondFor_isTheLarger(uint128 minBond, uint216 openInterest) external pure {
        uint256 least = BondLib.bondFor(minBond, 1, openInterest);
        assert(least == (openInterest / PPM > minBond ? openInterest / PPM : minBond));

        uint256 usual = BondLib.bondFor(minBond, 2500, openInterest);
        uint256 share = (uint256(openInterest) * 2500) / PPM;
        assert(usual == (share > minBond ? share : minBond));

        uint256 most = BondLib.bondFor(minBond, 100_000, openInterest);
        assert(most == (openInterest / 10 > minBond ? openInterest / 10 : minBond));
    }

    /// @notice After every install S(leader) = 2 (A - S(leader)).
    /// @custom:proves BondLib.potNeed
    /// @custom:range 3 stake <= 2 total, total any uint128 (reached: total <= 27 * 2^80)
    function prove_potNeed_leaderHoldsTwoThirds(uint128 total, uint128 stake) external pure {
        require(3 * uint256(stake) <= 2 * uint256(total));
        uint256 need = BondLib.potNeed(total, stake);
        uint256 stakeAfter = stake + need;
        uint256 totalAfter = total + need;
        assert(stakeAfter == 2 * (totalAfter - stakeAfter));
    }

    /// @notice After every install whoever does not lead holds at most a third.
    /// @custom:proves BondLib.potNeed
    /// @custom:range stake of the new leader and of another value, together <= total, any uint128
    function prove_potNeed_othersHoldAThird(uint128 total, uint128 stake, uint128 other) external pure {
        require(uint256(stake) + other <= total && 3 * uint256(stake) <= 2 * uint256(total));
        uint256 need = BondLib.potNeed(total, stake);
        assert(3 * uint256(other) <= total + need);
    }

    /// @notice A value that holds at most a third needs between A and 2 A: all stake grows two- to threefold.
    /// @custom:proves BondLib.potNeed
    /// @custom:range 3 stake <= total, total any uint128
    function prove_potNeed_isBetweenOnceAndTwiceAllStake(uint128 total, uint128 stake) external pure {
        require(3 * uint256(stake) <= total);
        uint256 need = BondLib.potNeed(total, stake);
        assert(need >= total);
        assert(need <= 2 * uint256(total));
    }

    /// @notice Whichever candidates lead in whatever order: at most 27 bonds staked, at most 18 on one candidate, and from the
    /// second leader on two thirds on the leader.
    /// @custom:proves BondLib.potNeed
    /// @custom:range every order of 4 leaders (index 0..3, none twice in a row), unit stakes
    function prove_potNeed_growsToTwentySevenBonds(uint8 third, uint8 fourth) external pure {
        require(third < 3 && third != 1 && fourth < 4 && fourth != third);
        uint256[4] memory stakes;
        stakes[0] = 1;
        stakes[1] = BondLib.potNeed(1, 0);
        uint256 total = 1 + stakes[1];
        assert(total == 3);

        uint256 need = BondLib.potNeed(total, stakes[third]);
        stakes[third] += need;
        total += need;
        assert(total >= 6 && total <= 9);
        assert(3 * stakes[third] == 2 * total);

        need = BondLib.potNeed(total, stakes[fourth]);
        stakes[fourth] += need;
        total += need;
        assert(total >= 12 && total <= 27);
        assert(3 * stakes[fourth] == 2 * total && stakes[fourth] <= 18);
        assert(stakes[0] + stakes[1] + stakes[2] + stakes[3] == total);
    }

    /// @notice Exactly ceil(A / 9).
    /// @custom:proves BondLib.appealStake
    /// @custom:range total <= 2^256 - 10
    function prove_appealStake_isANinthRoundedUp(uint256 total) external pure {
        require(total <= type(uint256).max - 9);
        uint256 stake = BondLib.appealStake(total);
        if (total == 0) {
            assert(stake == 0);
        } else {
            // ceil(A / 9) = floor((A - 1) / 9) + 1.
            assert(9 * (stake - 1) <= total - 1);
            assert(total - 1 - 9 * (stake - 1) < 9);
        }
    }
}
