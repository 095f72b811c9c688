using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>Floats at an address that is a multiple of a page, zero at first, with room for a whole vector behind the last one.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int Slack = 64;

    public AlignedFloats(int length)
    {
        Length = length;
        Pointer = (float*)NativeMemory.AlignedAlloc(((nuint)length + Slack) * sizeof(float), 4096);
        new Span<float>(Pointer, length + Slack).Clear();
    }

    public AlignedFloats(ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(new Span<float>(Pointer, values.Length));

    public int Length { get; }

    public float* Pointer { get; private set; }

    public Span<float> Span => new(Pointer, Length);

    public float[] ToArray() => Span.ToArray();

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
