using System.ComponentModel;

namespace DlGen.Compiled;

/// <summary>A share of what a frame describes.</summary>
/// <param name="frame">What all shares have in common. Valid until every share is done.</param>
/// <param name="part">Which share, from 0.</param>
/// <param name="parts">How many there are.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void FrameWork(in Frame frame, int part, int parts);

/// <summary>What the threads of a <see cref="Team"/> have in common: references into memory of the model's and of the caller's, and numbers. It lies on the
/// caller's stack, where the garbage collector finds and updates its references, so nothing is pinned or copied; the caller waits until no thread reads it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct Frame
{
    /// <summary>The most references that a frame holds; programs with more run on one thread.</summary>
    public const int Capacity = 24;

#pragma warning disable CA1051, SA1401 // fields: a reference can be kept nowhere else
    /// <summary>The rows of the batch.</summary>
    public int Rows;

    /// <summary>The key of random numbers.</summary>
    public long Seed;

    /// <summary>The counter of random numbers.</summary>
    public long Step;

    /// <summary>What runs on several threads, if it is an object rather than a method of generated code.</summary>
    public object? Owner;

    /// <summary>Where the losses of the rows go.</summary>
    public Span<double> Losses;

    /// <summary>A reference.</summary>
    public ref byte Memory0;

    /// <summary>A reference.</summary>
    public ref byte Memory1;

    /// <summary>A reference.</summary>
    public ref byte Memory2;

    /// <summary>A reference.</summary>
    public ref byte Memory3;

    /// <summary>A reference.</summary>
    public ref byte Memory4;

    /// <summary>A reference.</summary>
    public ref byte Memory5;

    /// <summary>A reference.</summary>
    public ref byte Memory6;

    /// <summary>A reference.</summary>
    public ref byte Memory7;

    /// <summary>A reference.</summary>
    public ref byte Memory8;

    /// <summary>A reference.</summary>
    public ref byte Memory9;

    /// <summary>A reference.</summary>
    public ref byte Memory10;

    /// <summary>A reference.</summary>
    public ref byte Memory11;

    /// <summary>A reference.</summary>
    public ref byte Memory12;

    /// <summary>A reference.</summary>
    public ref byte Memory13;

    /// <summary>A reference.</summary>
    public ref byte Memory14;

    /// <summary>A reference.</summary>
    public ref byte Memory15;

    /// <summary>A reference.</summary>
    public ref byte Memory16;

    /// <summary>A reference.</summary>
    public ref byte Memory17;

    /// <summary>A reference.</summary>
    public ref byte Memory18;

    /// <summary>A reference.</summary>
    public ref byte Memory19;

    /// <summary>A reference.</summary>
    public ref byte Memory20;

    /// <summary>A reference.</summary>
    public ref byte Memory21;

    /// <summary>A reference.</summary>
    public ref byte Memory22;

    /// <summary>A reference.</summary>
    public ref byte Memory23;
#pragma warning restore CA1051, SA1401
}
