using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>
/// Random numbers without a state: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011).
/// Element e of step s under a key is a function of those three alone, with equal bits at every vector width, thread count, tiling and backend.
/// </summary>
/// <remarks>
/// <para>
/// A block is the cipher of the counter (step low, step high, block low, block high) and has four words of 32 bits. Elements are numbered
/// over the logical tensor, e = global row · row length + i, and go to blocks in groups of 64: within a group, element 16 w + j is word w
/// of block 16 · group + j. So a vector of consecutive elements is one word of as many blocks, at any width up to 16.
/// </para>
/// <para>
/// A double takes its low 21 bits from the same word of a second block, whose number has bit 63 set.
/// </para>
/// </remarks>
public static partial class Philox
{
    private const int GroupLength = 64;
    private const int LanesPerGroup = 16;
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const ulong SecondBlock = 1UL << 63;

    /// <summary>The key of one source of randomness (a dropout layer, an initialisation) of a model: SplitMix64 of both numbers, so that neighbours share nothing.</summary>
    public static ulong Key(long seed, int node) => Mix(Mix((ulong)seed) + (uint)node);

    /// <summary>Fills with uniform numbers in [0, 1): the word's upper 24 bits times 2^−24.</summary>
    /// <param name="destination">Elements <paramref name="firstElement"/>, <paramref name="firstElement"/> + 1, … of the logical tensor.</param>
    /// <param name="firstElement">Not negative; need not be a multiple of anything.</param>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="step">The number of the training step, or whatever counts repeated draws.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstElement"/> is negative.</exception>
    public static void Uniform(Span<float> destination, long firstElement, ulong key, ulong step) =>
        Uniform(destination, firstElement, key, step, WidestVector);

    /// <summary>Fills with uniform numbers in [0, 1): 53 bits times 2^−53, of which the upper 32 are the word.</summary>
    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong)"/>
    public static void Uniform(Span<double> destination, long firstElement, ulong key, ulong step) =>
        Uniform(destination, firstElement, key, step, WidestVector);

    /// <summary>
    /// Fills with standard normal numbers by Box and Muller (1958): words 0 and 1 of a block give √(−2 ln u) · cos φ and √(−2 ln u) · sin φ,
    /// words 2 and 3 likewise, with u = (upper 24 bits of the first + 1) · 2^−24 and φ = 2π · second · 2^−32. The largest magnitude is 5.77.
    /// </summary>
    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong)"/>
    public static void Normal(Span<float> destination, long firstElement, ulong key, ulong step) =>
        Normal(destination, firstElement, key, step, WidestVector);

    /// <summary>Fills with standard normal numbers as the float form does, with 53 bits for u and for φ. The largest magnitude is 8.57.</summary>
    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong)"/>
    public static void Normal(Span<double> destination, long firstElement, ulong key, ulong step) =>
        Normal(destination, firstElement, key, step, WidestVector);

    private static int WidestVector =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>The fill with a given vector width in bits, 0 for scalars; the bits do not depend on it.</summary>
    internal static unsafe void Uniform(Span<float> destination, long firstElement, ulong key, ulong step, int width) =>
        Fill(destination, firstElement, key, step, width switch { 512 => &UniformGroup512, 256 => &UniformGroup256, 128 => &UniformGroup128, _ => &UniformGroup });

    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong, int)"/>
    internal static unsafe void Uniform(Span<double> destination, long firstElement, ulong key, ulong step, int width) =>
        Fill(destination, firstElement, key, step, width switch { 512 => &UniformGroup512, 256 => &UniformGroup256, 128 => &UniformGroup128, _ => &UniformGroup });

    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong, int)"/>
    internal static unsafe void Normal(Span<float> destination, long firstElement, ulong key, ulong step, int width) =>
        Fill(destination, firstElement, key, step, width switch { 512 => &NormalGroup512, 256 => &NormalGroup256, 128 => &NormalGroup128, _ => &NormalGroup });

    /// <inheritdoc cref="Uniform(Span{float}, long, ulong, ulong, int)"/>
    internal static unsafe void Normal(Span<double> destination, long firstElement, ulong key, ulong step, int width) =>
        Fill(destination, firstElement, key, step, width switch { 512 => &NormalGroup512, 256 => &NormalGroup256, 128 => &NormalGroup128, _ => &NormalGroup });

    /// <summary>Whole groups go straight to the destination; a group cut by either end is made aside and copied in part.</summary>
    private static unsafe void Fill<T>(Span<T> destination, long firstElement, ulong key, ulong step, delegate*<ref T, ulong, ulong, ulong, void> writeGroup)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstElement);
        Span<T> aside = stackalloc T[GroupLength];
        ulong group = (ulong)firstElement / GroupLength;
        int skipped = (int)(firstElement % GroupLength);
        while (destination.Length > 0)
        {
            if (skipped == 0 && destination.Length >= GroupLength)
            {
                writeGroup(ref MemoryMarshal.GetReference(destination), group, key, step);
                destination = destination[GroupLength..];
            }
            else
            {
                writeGroup(ref MemoryMarshal.GetReference(aside), group, key, step);
                int count = Math.Min(GroupLength - skipped, destination.Length);
                aside.Slice(skipped, count).CopyTo(destination);
                destination = destination[count..];
                skipped = 0;
            }

            group++;
        }
    }

    /// <summary>One step of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
