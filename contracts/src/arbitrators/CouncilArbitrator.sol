// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ICouncilArbitrator} from "../interfaces/ICouncilArbitrator.sol";
import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOracleConstants} from "../interfaces/IOracleConstants.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";

/// @title A council of k of n named signers
/// @notice See `ICouncilArbitrator`.
contract CouncilArbitrator is ICouncilArbitrator, EIP712, ERC165, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    bytes32 private constant RULING_TYPEHASH = keccak256("Ruling(bytes32 fixingId,uint128 value)");

    /// @dev Three is the least n with a majority that is not everybody.
    uint256 private constant MIN_SIGNERS = 3;
    /// @dev Bounds `submit`: 32 signers that all burn their gas cost 16 million, half a block of today.
    uint256 private constant MAX_SIGNERS = 32;
    /// @dev Enough for a multisig of multisigs or a P-256 check in Solidity (about 350 000).
    uint256 private constant SIGNATURE_GAS = 500_000;

    /// @notice The only oracle this council rules for.
    IMaturityOracle public immutable ORACLE;
    /// @notice What that oracle pays the fee in.
    IERC20 public immutable BOND_TOKEN;
    /// @inheritdoc ICouncilArbitrator
    uint256 public immutable THRESHOLD;

    uint256 private immutable DECLARED_COST;

    /// @dev Written by the constructor only.
    Signer[] private _signers;

    /// @inheritdoc ICouncilArbitrator
    mapping(address signer => uint256) public owed;

    /// @param oracle the only oracle the council rules for; its bond token is read here.
    /// @param members 3 .. 32 signers, all different, all named.
    /// @param k more than half of the members and not all of them.
    /// @param declaredCost bond-token wei, as published by whoever deploys: an assertion, see `costOfCorruption`.
    constructor(IMaturityOracle oracle, Signer[] memory members, uint256 k, uint256 declaredCost)
        EIP712("Assize Council", "1")
    {
        ORACLE = oracle;
        BOND_TOKEN = IOracleConstants(address(oracle)).BOND_TOKEN();
        THRESHOLD = k;
        DECLARED_COST = declaredCost;
        _seat(members);
        uint256 majority = members.length / 2 + 1;
        // INVARIANT: two rulings have a signer in common, and every one can do without any given signer.
        if (k < majority || k >= members.length) revert ThresholdOutOfBounds(k, majority, members.length - 1);
    }

    /// @inheritdoc ICouncilArbitrator
    function submit(Fixing calldata fixing, uint128 value, Signature[] calldata signatures) external nonReentrant {
        if (value == 0) revert RulingZero();
        FixingId id = ORACLE.fixingId(fixing);
        (uint256 signed, uint256 count) = _verify(rulingDigest(id, value), signatures);
        if (count < THRESHOLD) revert TooFewSignatures(count, THRESHOLD);

        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        ORACLE.rule(fixing, value);
        uint256 fee = BOND_TOKEN.balanceOf(address(this)) - balanceBefore;

        _credit(signed, count, fee);
        emit CouncilRuled(id, value, signed, fee);
    }

    /// @inheritdoc ICouncilArbitrator
    function withdraw() external nonReentrant returns (uint256 amount) {
        amount = owed[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        owed[msg.sender] = 0;
        emit FeeWithdrawn(msg.sender, amount);
        BOND_TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IArbitrator
    /// @dev Warning: the same for every fixing, and not computed from anything: it is what the deployer published as
    /// the cost of k of these names, and is worth as much as the reader believes it.
    function costOfCorruption(Fixing calldata) external view returns (uint256) {
        return DECLARED_COST;
    }

    /// @inheritdoc ICouncilArbitrator
    function signers() external view returns (Signer[] memory) {
        return _signers;
    }

    /// @inheritdoc ICouncilArbitrator
    function rulingDigest(FixingId id, uint128 value) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RULING_TYPEHASH, FixingId.unwrap(id), value)));
    }

    /// @inheritdoc ICouncilArbitrator
    function isSignedBy(uint256 index, bytes32 digest, bytes calldata signature) external view returns (bool) {
        if (index >= _signers.length) revert UnknownSigner(index, _signers.length);
        address account = _signers[index].account;
        // The key first: an account that delegates (EIP-7702) to code without ERC-1271 must not lose its vote.
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == account) return true;
        return SignatureChecker.isValidSignatureNowCalldata(account, digest, signature);
    }

    /// @notice ERC-165: arbitrator and council.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICouncilArbitrator).interfaceId || interfaceId == type(IArbitrator).interfaceId
            || super.supportsInterface(interfaceId);
    }

    /// @dev Stores the members. At most 32 x 31 / 2 comparisons.
    function _seat(Signer[] memory members) private {
        uint256 count = members.length;
        if (count < MIN_SIGNERS || count > MAX_SIGNERS) {
            revert CouncilSizeOutOfBounds(count, MIN_SIGNERS, MAX_SIGNERS);
        }
        for (uint256 i = 0; i < count; i++) {
            if (members[i].account == address(0)) revert SignerZero(i);
            if (members[i].name == 0) revert SignerUnnamed(i);
            for (uint256 j = 0; j < i; j++) {
                if (members[j].account == members[i].account) revert SignerRepeated(j, i);
            }
            _signers.push(members[i]);
        }
    }

    /// @dev Adds up `fee` exactly. At most 32 signers.
    function _credit(uint256 signed, uint256 count, uint256 fee) private {
        uint256 share = fee / count;
        uint256 next = share + fee % count;
        for (uint256 i = 0; signed >> i != 0; i++) {
            if ((signed >> i) & 1 == 0) continue;
            owed[_signers[i].account] += next;
            next = share;
        }
    }

    /// @dev Which signers signed `digest`, as a bitmap, and how many. The ascending order counts each once and
    /// bounds the loop by the number of members.
    function _verify(bytes32 digest, Signature[] calldata signatures)
        private
        view
        returns (uint256 signed, uint256 count)
    {
        for (uint256 i = 0; i < signatures.length; i++) {
            uint256 index = signatures[i].index;
            if (index >= _signers.length) revert UnknownSigner(index, _signers.length);
            if (i > 0 && index <= signatures[i - 1].index) {
                revert SignersNotAscending(signatures[i - 1].index, index);
            }
            if (!_isSignedWithinGas(index, digest, signatures[i].signature)) continue;
            signed |= 1 << index;
            count++;
        }
    }

    /// @dev A call to itself, because only a call can be given less gas than there is: SignatureChecker would
    /// give a hostile account 63/64 of it.
    function _isSignedWithinGas(uint256 index, bytes32 digest, bytes calldata signature) private view returns (bool) {
        try this.isSignedBy{gas: SIGNATURE_GAS}(index, digest, signature) returns (bool isSigned) {
            return isSigned;
        } catch {
            return false;
        }
    }
}
