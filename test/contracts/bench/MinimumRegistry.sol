// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// What a registry of this kind cannot cost less than: each function does the writes that its step is for, asks the
/// precompiles what verifying a signature takes (of points at infinity: the price is the same), moves the token and emits
/// one event. It checks nothing and computes nothing. See `MinimumOracle`.
contract MinimumRegistry {
    IERC20 private immutable TOKEN;

    /// Owner, stake and times, peer id (3), signer, key (3).
    mapping(uint256 index => uint256[10]) private _members;
    mapping(address signer => uint256) private _places;
    /// Where the latest roster is, and until when it holds.
    uint256 private _latest;
    /// What was reported of a fixing, and its reward.
    mapping(bytes32 id => uint256) private _reported;
    mapping(bytes32 id => mapping(address => uint256)) private _funded;
    mapping(bytes32 id => uint256) private _paid;
    mapping(bytes32 id => uint256) private _heads;
    mapping(bytes32 receipt => mapping(address holder => uint256)) private _receipts;

    event Done(bytes32 indexed id, address indexed by, uint256 value, uint256 amount);

    constructor(IERC20 token) {
        TOKEN = token;
    }

    /// A member, its signer; that the key is possessed.
    function register(uint256 index, uint256[10] calldata member, address signer, uint256 stake) external {
        _verify();
        _members[index] = member;
        _places[signer] = index;
        emit Done(bytes32(index), msg.sender, member[0], stake);
        TOKEN.transferFrom(msg.sender, address(this), stake);
    }

    /// The keys, from storage into code.
    function publish(uint256 count) external {
        bytes memory keys = new bytes(count * 96);
        for (uint256 index = 0; index < count; ++index) {
            uint256[10] storage member = _members[index];
            (uint256 first, uint256 second, uint256 third) = (member[7], member[8], member[9]);
            assembly ("memory-safe") {
                let key := add(keys, add(0x20, mul(index, 0x60)))
                mstore(key, first)
                mstore(add(key, 0x20), second)
                mstore(add(key, 0x40), third)
            }
        }
        _latest = uint256(uint160(SSTORE2.write(keys)));
        emit Done(0, msg.sender, count, 0);
    }

    /// A reward, and who put it in.
    function fund(bytes32 id, uint256 amount) external {
        _reported[id] += amount;
        _funded[id][msg.sender] += amount;
        emit Done(id, msg.sender, 0, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    /// That a quorum without `absent` reporters signed.
    function attest(bytes32 id, uint256 value, uint256 absent) external {
        _attest(id, value, absent);
    }

    /// The same, the head and a receipt.
    function proposeAttested(bytes32 id, uint256 value, uint256 absent, uint256 amount) external {
        _attest(id, value, absent);
        _heads[id] = value;
        _receipts[id][msg.sender] += amount;
        emit Done(id, msg.sender, value, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    /// A bit; the share is paid out.
    function claim(bytes32 id, uint256 place, uint256 amount) external {
        _paid[id] |= 1 << place;
        emit Done(id, msg.sender, place, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    /// Bits, `count` from place `first` on; each owner is paid its share.
    function claimAll(bytes32 id, uint256 first, uint256 count, uint256 amount) external {
        for (uint256 place = first; place < first + count; ++place) {
            address owner = address(uint160(_members[place][0]));
            _paid[id] |= 1 << place;
            emit Done(id, owner, place, amount);
            TOKEN.transfer(owner, amount);
        }
    }

    function _attest(bytes32 id, uint256 value, uint256 absent) private {
        uint256 roster = _latest;
        assembly ("memory-safe") {
            let points := mload(0x40)
            extcodecopy(roster, points, 1, 0x80)
            for { let i := 0 } lt(i, absent) { i := add(i, 1) } {
                extcodecopy(roster, points, 1, 0x80)
                pop(staticcall(gas(), 11, add(points, 0x80), 0x100, add(points, 0x80), 0x80))
            }
        }
        _verify();
        _reported[id] += value;
        emit Done(id, msg.sender, value, absent);
    }

    /// Hashing to the curve and one equation of two pairings.
    function _verify() private view {
        assembly ("memory-safe") {
            let input := add(mload(0x40), 0x400)
            for { let i := 0 } lt(i, 9) { i := add(i, 1) } { pop(staticcall(gas(), 2, input, 0x4e, 0x00, 0x20)) }
            mstore(input, 0x40)
            mstore(add(input, 0x20), 0x01)
            mstore(add(input, 0x40), 0x40)
            for { let i := 0 } lt(i, 4) { i := add(i, 1) } { pop(staticcall(gas(), 5, input, 0xe1, 0x00, 0x40)) }
            calldatacopy(input, calldatasize(), 0x300)
            pop(staticcall(gas(), 17, input, 0x80, add(input, 0x300), 0x100))
            pop(staticcall(gas(), 17, input, 0x80, add(input, 0x300), 0x100))
            pop(staticcall(gas(), 13, input, 0x200, add(input, 0x300), 0x100))
            pop(staticcall(gas(), 15, input, 0x300, 0x00, 0x20))
        }
    }
}
