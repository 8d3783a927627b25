// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecurityLens} from "src/interfaces/ISecurityLens.sol";
import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";
import {Fixing} from "src/types/Fixing.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// @dev An arbitrator that answers as it was told to.
contract OddArbitrator {
    enum Way {
        Reverts,
        Burns,
        Short,
        Floods,
        Writes
    }

    Way private immutable WAY;
    uint256 private written;

    constructor(Way way) {
        WAY = way;
    }

    fallback() external {
        if (WAY == Way.Reverts) revert();
        if (WAY == Way.Burns) while (true) {}
        if (WAY == Way.Writes) written = 1;
        // One byte short, and not of zeros alone.
        uint256 size = WAY == Way.Short ? 31 : 100_000;
        uint256 word = WAY == Way.Short ? 77 << 8 : 77;
        assembly {
            mstore(0, word)
            return(0, size)
        }
    }
}

/// @dev An arbitrator that has nothing but what the protocol wants.
contract AnywhereArbitrator {
    function costOfCorruption(Fixing calldata) external pure returns (uint256) {
        return 12 ether;
    }
}

/// R-530.
contract SecurityLensTest is JuryFixture {
    ISecurityLens private lens;
    address private council;

    function setUp() public override {
        super.setUp();
        lens = ISecurityLens(deployCode("SecurityLens.sol:SecurityLens"));
        council = _council(20 ether);
        fixing.backup = council;
    }

    function test_securedUpTo_isTheCheaperOfTheTwo() public {
        // 11 stakes of the jury, 20 ETH of the council.
        assertEq(lens.securedUpTo(fixing), 11 ether);
        fixing.backup = _council(10 ether);
        assertEq(lens.securedUpTo(fixing), 10 ether);
        (fixing.arbitrator, fixing.backup) = (fixing.backup, fixing.arbitrator);
        assertEq(lens.securedUpTo(fixing), 10 ether);
    }

    function test_securedUpTo_isNothingIfOneSecuresNothing() public {
        fixing.arbitrationFee = uint128(jury.price() - 1);
        assertEq(lens.securedUpTo(fixing), 0);
        fixing.arbitrationFee = FEE;
        fixing.backup = makeAddr("without code");
        assertEq(lens.securedUpTo(fixing), 0);
        (fixing.arbitrator, fixing.backup) = (fixing.backup, fixing.arbitrator);
        assertEq(lens.securedUpTo(fixing), 0);
    }

    function test_securedUpTo_survivesHostileArbitrators() public {
        for (uint256 way = 0; way < 5; way++) {
            address odd = address(new OddArbitrator(OddArbitrator.Way(way)));
            Fixing memory other = fixing;
            other.backup = odd;
            uint256 gasBefore = gasleft();
            // One that floods with 100 000 bytes has answered: 77 wei.
            assertEq(lens.securedUpTo(other), way == 3 ? 77 : 0);
            assertLt(gasBefore - gasleft(), 400_000);
        }
    }

    /// A jury and a council of one oracle never rule on what is of another.
    function test_securedAt_isNothingAtAnotherOracle() public {
        assertEq(lens.securedAt(fixing, address(oracle)), 11 ether);
        assertEq(lens.securedAt(fixing, makeAddr("another oracle")), 0);
        // Either of the two is enough: one that says nothing of an oracle counts by its cost.
        address anywhere = address(new AnywhereArbitrator());
        for (uint256 i = 0; i < 2; i++) {
            Fixing memory half = fixing;
            if (i == 0) half.backup = anywhere;
            else half.arbitrator = anywhere;
            assertEq(lens.securedAt(half, address(oracle)), i == 0 ? 11 ether : 12 ether);
            assertEq(lens.securedAt(half, makeAddr("another oracle")), 0);
        }
        (fixing.arbitrator, fixing.backup) = (anywhere, anywhere);
        assertEq(lens.securedAt(fixing, makeAddr("another oracle")), 12 ether);
    }

    function test_securedAt_survivesHostileArbitrators() public {
        for (uint256 way = 0; way < 5; way++) {
            Fixing memory other = fixing;
            other.backup = address(new OddArbitrator(OddArbitrator.Way(way)));
            uint256 gasBefore = gasleft();
            // The flood is of the oracle at address 77, and secures 77 wei there.
            assertEq(lens.securedAt(other, address(oracle)), 0);
            assertLt(gasBefore - gasleft(), 600_000);
            other.arbitrator = other.backup;
            assertEq(lens.securedAt(other, address(77)), way == 3 ? 77 : 0);
        }
    }

    function test_securedAt_starvesNobody() public {
        address another = makeAddr("another oracle");
        for (uint256 gas = 100_000; gas <= 300_000; gas += 2_500) {
            try lens.securedAt{gas: gas}(fixing, another) returns (uint256 secured) {
                assertEq(secured, 0);
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), ISecurityLens.NotEnoughGas.selector);
            }
        }
    }

    /// Whoever gave too little gas would make a fixing look unsafe.
    function test_securedUpTo_starvesNobody() public view {
        uint256 refused = 0;
        for (uint256 gas = 150_000; gas <= 300_000; gas += 2_500) {
            try lens.securedUpTo{gas: gas}(fixing) returns (uint256 secured) {
                assertEq(secured, 11 ether);
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), ISecurityLens.NotEnoughGas.selector);
                refused++;
            }
        }
        assertGt(refused, 0);
        assertLt(refused, 40);
    }

    function _council(uint256 cost) private returns (address) {
        ICouncilArbitrator.Signer[] memory members = new ICouncilArbitrator.Signer[](3);
        for (uint256 i = 0; i < 3; i++) {
            members[i] = ICouncilArbitrator.Signer(jurors[i], bytes32(i + 1));
        }
        return deployCode("CouncilArbitrator.sol:CouncilArbitrator", abi.encode(oracle, members, 2, cost));
    }
}
