// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {IOpenInterest} from "src/interfaces/IOpenInterest.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {ISplitVault} from "src/interfaces/ISplitVault.sol";
import {FixingId} from "src/types/Fixing.sol";
import {Series, SeriesId} from "src/types/Series.sol";

import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

/// Ids, construction and `createSeries`.
contract SeriesTest is SplitVaultFixture {
    function test_constructor_pinsOracleCollateralAndChain() public view {
        assertEq(address(vault.ORACLE()), address(oracle));
        assertEq(address(vault.COLLATERAL()), address(weth));
        assertEq(vault.CHAIN_ID(), block.chainid);
    }

    function test_constructor_refusesAnOracleWithOtherIds() public {
        address other = makeAddr("other oracle");
        FixingId got = FixingId.wrap(bytes32(uint256(1)));
        vm.mockCall(other, abi.encodePacked(ISettlementSource.fixingId.selector), abi.encode(got));
        vm.mockCall(other, abi.encodePacked(oracle.BOND_TOKEN.selector), abi.encode(weth));
        Series memory zero;
        FixingId want = FixingId.wrap(keccak256(abi.encode(block.chainid, other, zero.fixing)));

        vm.expectRevert(abi.encodeWithSelector(ISplitVault.FixingIdMismatch.selector, got, want));
        _deployVault(other, address(weth));
    }

    function test_seriesId_bindsChainVaultAndEveryTerm() public {
        assertEq(SeriesId.unwrap(id), keccak256(abi.encode(block.chainid, address(vault), series)));

        IVault other = _deployVault(address(oracle), address(weth));
        assertNotEq(SeriesId.unwrap(other.seriesId(series)), SeriesId.unwrap(id));
        Series memory changed = series;
        changed.fixing.backup = makeAddr("another backup");
        assertNotEq(SeriesId.unwrap(vault.seriesId(changed)), SeriesId.unwrap(id));
    }

    function testFuzz_seriesId_isTheHashOfItsEncoding(Series calldata any) public view {
        assertEq(SeriesId.unwrap(vault.seriesId(any)), keccak256(abi.encode(block.chainid, address(vault), any)));
    }

    /// The id is hashed from the calldata as it came: a field with bits beyond its type must never be minted under.
    function test_split_refusesDirtyBitsInEveryField() public {
        bytes memory call_ = abi.encodeCall(vault.split, (series, 1 ether));
        uint256[15] memory bits = [uint256(64), 160, 160, 160, 128, 128, 32, 32, 32, 32, 32, 32, 32, 128, 32];
        for (uint256 i = 0; i < bits.length; i++) {
            // The first word after the selector is the index id, which fills its word.
            uint256 position = 32 + 4 + 32 * (i + 1);
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(call_, position))
                mstore(add(call_, position), or(word, shl(mload(add(bits, mul(32, i))), 1)))
            }
            vm.prank(alice);
            (bool ok, bytes memory reason) = address(vault).call(call_);
            assertFalse(ok, vm.toString(i));
            assertEq(reason.length, 0, "not refused by the decoder");
            assembly ("memory-safe") {
                mstore(add(call_, position), word)
            }
        }
        vm.prank(alice);
        (bool isClean,) = address(vault).call(call_);
        assertTrue(isClean);
    }

    function test_seriesId_survivesAFork() public {
        _split(alice, 1 ether);
        vm.chainId(block.chainid + 1);
        assertEq(SeriesId.unwrap(vault.seriesId(series)), SeriesId.unwrap(id));
        vm.prank(alice);
        vault.merge(series, 1 ether);
        assertEq(vault.openInterest(oracle.fixingId(series.fixing)), 0);
    }

    function test_legIds_areUntruncatedHashes() public view {
        assertEq(vault.pId(id), uint256(keccak256(bytes.concat(SeriesId.unwrap(id), "P"))));
        assertEq(vault.nId(id), uint256(keccak256(bytes.concat(SeriesId.unwrap(id), "N"))));
    }

    function test_supportsInterface() public view {
        assertTrue(vault.supportsInterface(type(IERC165).interfaceId));
        assertTrue(vault.supportsInterface(type(IERC6909).interfaceId));
        assertTrue(vault.supportsInterface(type(ISplitVault).interfaceId));
        assertTrue(vault.supportsInterface(type(IOpenInterest).interfaceId));
        assertFalse(vault.supportsInterface(0xffffffff));
    }

    function test_createSeries_announcesTheStruct() public {
        vm.expectEmit(address(vault));
        emit ISplitVault.SeriesCreated(id, _idOf(series.fixing), series);
        assertEq(SeriesId.unwrap(vault.createSeries(series)), SeriesId.unwrap(id));
    }

    /// R-101: nodes protect only fixings whose struct the oracle announced.
    function test_createSeries_announcesTheFixingToo() public {
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Created(_idOf(series.fixing), series.fixing.indexId, series.fixing);
        vault.createSeries(series);
    }

    function test_createSeries_acceptsTheBoundsOfItsTerms() public {
        series.strike = 1;
        series.invalidSharePpm = 0;
        vault.createSeries(series);
        series.strike = type(uint128).max;
        series.invalidSharePpm = 1_000_000;
        vault.createSeries(series);
    }

    function test_createSeries_refusesStrikeZero() public {
        series.strike = 0;
        vm.expectRevert(ISplitVault.StrikeZero.selector);
        vault.createSeries(series);
    }

    function test_createSeries_refusesMoreThanTheWholeForP() public {
        series.invalidSharePpm = 1_000_001;
        vm.expectRevert(
            abi.encodeWithSelector(ISplitVault.InvalidShareOutOfBounds.selector, uint32(1_000_001), uint32(1_000_000))
        );
        vault.createSeries(series);
    }

    /// A fixing that the oracle would never let settle in bounded time would lock up single legs.
    function test_createSeries_refusesAFixingOutOfTheOraclesBounds() public {
        series.fixing.maturity = 1 << 39;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("maturity"), 1 << 39, 0, (1 << 39) - 1
            )
        );
        vault.createSeries(series);
    }
}
