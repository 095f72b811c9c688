namespace DlGen.Benchmarks;

/// <summary>The side of a square matrix, a constant of the machine code.</summary>
internal interface ISize
{
    static abstract int Value { get; }
}

internal readonly struct Size64 : ISize
{
    public static int Value => 64;
}

internal readonly struct Size256 : ISize
{
    public static int Value => 256;
}

internal readonly struct Size512 : ISize
{
    public static int Value => 512;
}

internal readonly struct Size1024 : ISize
{
    public static int Value => 1024;
}
