// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {FixingLib} from "src/libraries/FixingLib.sol";
import {Fixing, FixingId, Kind} from "src/types/Fixing.sol";

/// The library takes calldata: this gives it some.
contract FixingLibHarness {
    function id(Fixing calldata fixing, uint256 chainId, address oracle) external pure returns (FixingId) {
        return FixingLib.id(fixing, chainId, oracle);
    }

    function validate(Fixing calldata fixing) external pure {
        FixingLib.validate(fixing);
    }

    function gasOfValidate(Fixing calldata fixing) external view returns (uint256 used) {
        used = gasleft();
        FixingLib.validate(fixing);
        used -= gasleft();
    }

    function gasOfId(Fixing calldata fixing) external view returns (uint256 used) {
        used = gasleft();
        FixingLib.id(fixing, block.chainid, address(this));
        used -= gasleft();
    }

    function gasOfEncoding(Fixing calldata fixing) external view returns (uint256 used) {
        used = gasleft();
        keccak256(abi.encode(block.chainid, address(this), fixing));
        used -= gasleft();
    }

    function worstCase(Fixing calldata fixing) external pure returns (uint64) {
        return FixingLib.worstCase(fixing);
    }
}

/// R-101 and property 4.
contract FixingLibTest is Test {
    FixingLibHarness private _lib = new FixingLibHarness();

    /// A row of `.ids` in test/vectors/fixing.json.
    struct Identity {
        uint256 arbitrationFee;
        uint256 arbitrationLimit;
        address arbitrator;
        address backup;
        uint256 bandPpm;
        uint256 bondPpm;
        uint256 chainId;
        uint256 firstWindow;
        bytes32 fixingId;
        bytes32 indexId;
        uint256 maturity;
        uint256 minBond;
        string name;
        address openInterest;
        address oracle;
        uint256 proposalGrace;
        uint256 separationPpm;
        uint256 window;
        uint256 worstCase;
    }

    struct Bounds {
        uint256 arbitrationFee;
        uint256 arbitrationLimit;
        address arbitrator;
        address backup;
        uint256 bandPpm;
        uint256 bondPpm;
        string field;
        uint256 firstWindow;
        uint256 got;
        bytes32 indexId;
        uint256 maturity;
        uint256 max;
        uint256 min;
        uint256 minBond;
        string name;
        address openInterest;
        uint256 proposalGrace;
        uint256 separationPpm;
        uint256 window;
    }

    struct ReceiptId {
        bytes32 fixingId;
        uint256 kind;
        string name;
        bytes32 receiptId;
        uint256 round;
        uint256 value;
    }

    /// R-101, property 4
    function test_fixingLib_agreesWithTheSharedIds() public view {
        Identity[] memory rows = abi.decode(vm.parseJson(_json(), ".ids"), (Identity[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            Identity memory row = rows[i];
            Fixing memory fixing = _fixingOf(row);
            assertEq(FixingId.unwrap(_lib.id(fixing, row.chainId, row.oracle)), row.fixingId, row.name);
            assertEq(_lib.worstCase(fixing), row.worstCase, row.name);
        }
    }

    /// R-101
    function test_fixingLib_agreesWithTheSharedBounds() public {
        Bounds[] memory rows = abi.decode(vm.parseJson(_json(), ".bounds"), (Bounds[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            Bounds memory row = rows[i];
            if (bytes(row.field).length != 0) {
                vm.expectRevert(
                    abi.encodeWithSelector(
                        IMaturityOracle.ParameterOutOfBounds.selector,
                        bytes32(bytes(row.field)),
                        row.got,
                        row.min,
                        row.max
                    )
                );
            }
            _lib.validate(_fixingOf(row));
        }
    }

    /// R-304
    function test_fixingLib_agreesWithTheSharedReceipts() public view {
        ReceiptId[] memory rows = abi.decode(vm.parseJson(_json(), ".receipts"), (ReceiptId[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            ReceiptId memory row = rows[i];
            uint256 got =
                FixingLib.receiptId(FixingId.wrap(row.fixingId), Kind(row.kind), uint8(row.round), uint128(row.value));
            assertEq(got, uint256(row.receiptId), row.name);
        }
    }

    /// R-101: the copied calldata hashes as the encoded struct does, wherever it lies in the calldata.
    function testFuzz_fixingLib_idIsTheHashOfTheEncoding(Fixing memory fixing, uint256 chainId, address oracle)
        public
        view
    {
        assertEq(FixingId.unwrap(_lib.id(fixing, chainId, oracle)), keccak256(abi.encode(chainId, oracle, fixing)));
    }

    /// R-101: the id is a copy and a hash: cheaper than decoding and encoding the parameters.
    function test_fixingLib_idCostsLessThanTheEncoding() public view {
        Fixing memory fixing;
        assertLt(_lib.gasOfId(fixing), _lib.gasOfEncoding(fixing));
    }

    /// Property 4: a maturity that no fixing may have panics instead of wrapping.
    function test_fixingLib_worstCasePanicsWhereItLeavesItsType() public {
        Fixing memory fixing;
        fixing.maturity = type(uint64).max;
        assertEq(_lib.worstCase(fixing), type(uint64).max);
        fixing.window = 1;
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        _lib.worstCase(fixing);
    }

    function _json() private view returns (string memory) {
        return vm.readFile("test/vectors/fixing.json");
    }

    function _fixingOf(Identity memory row) private pure returns (Fixing memory f) {
        f.indexId = row.indexId;
        f.maturity = uint64(row.maturity);
        (f.arbitrator, f.backup, f.openInterest) = (row.arbitrator, row.backup, row.openInterest);
        (f.minBond, f.arbitrationFee) = (uint128(row.minBond), uint128(row.arbitrationFee));
        (f.bondPpm, f.firstWindow, f.window) = (uint32(row.bondPpm), uint32(row.firstWindow), uint32(row.window));
        (f.separationPpm, f.bandPpm) = (uint32(row.separationPpm), uint32(row.bandPpm));
        (f.proposalGrace, f.arbitrationLimit) = (uint32(row.proposalGrace), uint32(row.arbitrationLimit));
    }

    function _fixingOf(Bounds memory row) private pure returns (Fixing memory f) {
        f.indexId = row.indexId;
        f.maturity = uint64(row.maturity);
        (f.arbitrator, f.backup, f.openInterest) = (row.arbitrator, row.backup, row.openInterest);
        (f.minBond, f.arbitrationFee) = (uint128(row.minBond), uint128(row.arbitrationFee));
        (f.bondPpm, f.firstWindow, f.window) = (uint32(row.bondPpm), uint32(row.firstWindow), uint32(row.window));
        (f.separationPpm, f.bandPpm) = (uint32(row.separationPpm), uint32(row.bandPpm));
        (f.proposalGrace, f.arbitrationLimit) = (uint32(row.proposalGrace), uint32(row.arbitrationLimit));
    }

    /// R-101: all bounds at once are the bounds one by one, for every field at and around every bound, 2^255 and 2^256,
    /// where differences wrap.
    function test_validate_isTheBoundsOneByOne() public view {
        uint256[20] memory edges = _edges();
        for (uint256 field = 0; field < 14; ++field) {
            for (uint256 i = 0; i < edges.length; ++i) {
                for (uint256 offset = 0; offset < 5; ++offset) {
                    uint256[14] memory words = _defaults();
                    unchecked {
                        words[field] = edges[i] + offset - 2;
                    }
                    _assertSameBounds(words);
                }
            }
        }
    }

    /// R-101: the same for two fields at once, anywhere.
    function testFuzz_validate_isTheBoundsOneByOne(uint256 field, uint256 value, uint256 second, uint256 edge)
        public
        view
    {
        uint256[14] memory words = _defaults();
        words[field % 14] = value;
        words[second % 14] = _edges()[edge % 20];
        _assertSameBounds(words);
    }

    /// R-101: what is within its bounds is seen to be at one glance: every such fixing costs the same, and clearly less
    /// than one that is told what is wrong with it.
    function test_validate_takesTheShortWayWithWhatIsValid() public view {
        uint256[14] memory short = _defaults();
        short[13] = 1;
        _gasOfCall(short); // The first call reaches a cold account.
        uint256 valid = _gasOfCall(_defaults());
        assertLt(valid + valid / 4, _gasOfCall(short));

        uint256 usual = _gasOfValidate(_defaults());
        uint256[20] memory edges = _edges();
        for (uint256 field = 0; field < 14; ++field) {
            for (uint256 i = 0; i < edges.length; ++i) {
                for (uint256 offset = 0; offset < 5; ++offset) {
                    uint256[14] memory words = _defaults();
                    unchecked {
                        words[field] = edges[i] + offset - 2;
                    }
                    if (_isWithinBounds(words)) assertEq(_gasOfValidate(words), usual);
                }
            }
        }
    }

    function _gasOfValidate(uint256[14] memory words) private view returns (uint256) {
        bytes memory input = abi.encodePacked(FixingLibHarness.gasOfValidate.selector, words);
        (bool isTaken, bytes memory output) = address(_lib).staticcall(input);
        assertTrue(isTaken);
        return abi.decode(output, (uint256));
    }

    function _gasOfCall(uint256[14] memory words) private view returns (uint256 used) {
        bytes memory input = abi.encodePacked(FixingLibHarness.validate.selector, words);
        used = gasleft();
        (bool isTaken,) = address(_lib).staticcall(input);
        used -= gasleft();
        assertEq(isTaken, _isWithinBounds(words));
    }

    function _assertSameBounds(uint256[14] memory words) private view {
        (bool isTaken,) = address(_lib).staticcall(abi.encodePacked(FixingLibHarness.validate.selector, words));
        assertEq(isTaken, _isWithinBounds(words));
    }

    function _edges() private pure returns (uint256[20] memory) {
        return [
            uint256(0),
            0xa1,
            0xb2,
            0.1 ether,
            0.04 ether,
            1000,
            10_000,
            1e9,
            100_000,
            200_000,
            600,
            86_400,
            30 days,
            60 days,
            1 << 39,
            1 << 80,
            1 << 160,
            1 << 255,
            (1 << 255) + (1 << 160),
            (1 << 255) + 30 days
        ];
    }

    /// Section 3 of the protocol, in plain comparisons.
    function _isWithinBounds(uint256[14] memory w) private pure returns (bool) {
        if (w[0] == 0 || w[1] >= 1 << 39) return false;
        if (w[2] == 0 || w[2] >= 1 << 160 || w[3] == 0 || w[3] >= 1 << 160 || w[2] == w[3]) return false;
        if (w[4] >= 1 << 160) return false;
        if (w[5] < 1e9 || w[5] > 1 << 80) return false;
        if (w[6] == 0 || w[6] > 1 << 128 || 5 * w[6] > 2 * w[5]) return false;
        if (w[7] > 100_000) return false;
        if (w[8] < 600 || w[8] > 2_592_000 || w[9] < 600 || w[9] > 2_592_000) return false;
        if (w[10] == 0 || w[10] > w[11] || w[11] > 200_000) return false;
        if (w[12] < 600 || w[12] > 2_592_000) return false;
        return w[13] >= 86_400 && w[13] <= 5_184_000;
    }

    function _defaults() private pure returns (uint256[14] memory) {
        return [
            uint256(keccak256("index")),
            1_800_000_000,
            0xa1,
            0xb2,
            0,
            0.1 ether,
            0.04 ether,
            2500,
            86_400,
            172_800,
            1000,
            10_000,
            259_200,
            2_592_000
        ];
    }
}
