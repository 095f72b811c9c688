using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>One vector width for one element type: its names in C#, its loads and stores.</summary>
internal sealed record VectorForm(int Bits, bool Float64)
{
    /// <summary>Widest first: the order in which an entry method asks for hardware.</summary>
    public static IReadOnlyList<int> Widths { get; } = [512, 256, 128];

    public int Lanes => Bits / (Float64 ? 64 : 32);

    public string Element => Float64 ? "double" : "float";

    /// <summary>The static class: Vector512.</summary>
    public string Name => "Vector" + Literal.Of(Bits);

    public string Type => $"{Name}<{Element}>";

    public string Zero => Type + ".Zero";

    public string Broadcast(string value) => $"{Name}.Create({value})";

    /// <summary>The widest one up to this that a contraction is printed for.</summary>
    public VectorForm For(ContractionKernel contraction) => this with { Bits = ContractionTemplate.Widths(contraction, Float64).First(bits => bits <= Bits) };

    public string Mask(string count) => $"TailVector.Mask{Literal.Of(Bits)}<{Element}>({count})";

    /// <summary>index, index + 1, … in the lanes.</summary>
    public string Indices(string? index) => index is null ? Type + ".Indices" : $"{Name}.Create(({Element}){index}) + {Type}.Indices";

    /// <summary>Fused where the hardware surely has it; elsewhere the estimate, because without FMA hardware the fused form falls to software, 40 times slower.</summary>
    public string MultiplyAdd(string a, string b, string c) => $"{Name}.{(Bits == 512 ? "FusedMultiplyAdd" : "MultiplyAddEstimate")}({a}, {b}, {c})";

    /// <summary>
    /// The lanes from <paramref name="element"/> on. With a <paramref name="tail"/>, memory of the caller's is read no further than that; other memory
    /// has slack behind it, so the whole vector is read.
    /// </summary>
    public string Load(KernelBuffer buffer, string element, string? tail)
    {
        bool endsAtTail = tail is not null && buffer.IsExact;
        if (buffer.IsBytes) return $"ByteVector.{(Float64 ? "Doubles" : "Singles")}{Literal.Of(Bits)}(ref {element}{(endsAtTail ? ", " + tail : "")})";
        string load = endsAtTail ? $"TailVector.Load{Literal.Of(Bits)}(ref {element}, {tail})" : $"{Name}.LoadUnsafe(ref {element})";
        return buffer.IsInteger ? $"{Name}.ConvertToSingle({load})" : load;
    }

    /// <summary>Every second element from <paramref name="element"/> on, of memory that has slack behind it.</summary>
    public string LoadEverySecond(string element, string? tail) => $"EverySecond.Load{Literal.Of(Bits)}(ref {element}{(tail is null ? "" : ", " + tail)})";

    /// <summary>Half as many elements as lanes, each twice, of memory that has slack behind it.</summary>
    public string LoadPairs(string element) => $"Pairs.Load{Literal.Of(Bits)}(ref {element})";

    /// <summary>0, 1, 0, 1, … in the lanes.</summary>
    public string SecondOfPairs => $"Pairs.Second{Literal.Of(Bits)}<{Element}>()";

    /// <summary>One element in all lanes.</summary>
    public string LoadBroadcast(KernelBuffer buffer, string element) => Broadcast(buffer.IsNumbers ? element : $"({Element}){element}");

    /// <summary>Never writes behind the tail, except zeros into the padding of a panel.</summary>
    public string Store(string value, string element, string? tail, bool padded = false) => tail is null ? $"{value}.StoreUnsafe(ref {element});"
        : padded ? $"({value} & {Mask(tail)}).StoreUnsafe(ref {element});"
        : $"{value}.Store(ref {element}, {tail});";

    /// <summary>Whether lanes of this buffer can be loaded: ids become floats in as many lanes, but not doubles; bytes become both.</summary>
    public static bool CanLoad(KernelBuffer buffer, bool float64) => !buffer.IsInteger || !float64;
}

/// <summary>Vector C# of one width.</summary>
internal sealed class VectorNotation(VectorForm form) : Notation
{
    public override string ValueType => form.Type;

    public override string ConditionType => form.Type;

    public override string Constant(double value) => value == 0 && BitConverter.DoubleToInt64Bits(value) == 0 ? form.Zero
        : value == 1 ? form.Type + ".One"
        : form.Broadcast(Literal.Of(value, form.Float64));

    protected override string Template(ScalarSpelling spelling) => spelling.Vector;

    protected override string FromCondition(string condition) => $"({condition} & {form.Type}.One)";

    protected override string ToCondition(string value) => $"(~{form.Name}.Equals({value}, {form.Zero}))";

    protected override string Placeholder(string name) => name == "V" ? form.Name : form.Zero;
}
