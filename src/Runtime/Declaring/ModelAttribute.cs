namespace DlGen;

/// <summary>Marks a partial class as a network: the generator reads its layers (class attributes, or a method <c>Forward</c>) and adds
/// inference, training, saving and loading to it. The class then implements <see cref="IModel"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute : Attribute
{
    /// <summary>The number type of parameters, values and gradients; <see cref="Precision.Float32"/> unless stated.</summary>
    public Precision Precision { get; set; }

    /// <summary>Whether convolutions with 3 × 3 or 5 × 5 taps may be computed by Winograd's F(4×4, 3×3) and F(2×2, 5×5) where that is faster, with rounding errors up to ten times those of the sum
    /// itself (up to 1e-5 of the largest value); true unless stated. <see cref="Precision.Float64"/> never does.</summary>
    public bool Winograd { get; set; } = true;

    /// <summary>What the network is compiled for; <see cref="Targets.Cpu"/> unless stated. With <see cref="Targets.Cuda"/> the class gets <c>OnCuda</c> too, which trains and predicts on
    /// an NVIDIA GPU, and the project references the package DlGen.Cuda.</summary>
    public Targets Targets { get; set; } = Targets.Cpu;

    /// <summary>What an NVIDIA GPU multiplies in large dense layers, convolutions and recurrences; <see cref="CudaPrecision.Fp32"/>, all digits, unless stated. Only with
    /// <see cref="Targets.Cuda"/> and <see cref="Precision.Float32"/>. The processor always computes with all digits.</summary>
    public CudaPrecision CudaPrecision { get; set; }
}

/// <summary>What a network is compiled for.</summary>
[Flags]
public enum Targets
{
    /// <summary>The processor, with vector instructions; always among them.</summary>
    Cpu = 1,

    /// <summary>NVIDIA GPUs, of compute capability 7.0 and later.</summary>
    Cuda = 2,
}

/// <summary>The numbers that a GPU multiplies. Parameters, values between layers, gradients, sums, norms, attention, losses and updates are 32-bit floating point in each of them.</summary>
public enum CudaPrecision
{
    /// <summary>Those of the model's <see cref="Precision"/>, with all digits.</summary>
    Fp32,

    /// <summary>Operands of large products are rounded to 10 binary digits behind the leading one, as PyTorch does with <c>allow_tf32</c>, and multiplied by tensor cores; needs compute capability 8.0.
    /// Results err by about 1e-3 of the largest.</summary>
    Tf32,

    /// <summary>Operands of large products are rounded to bfloat16, 7 binary digits behind the leading one, and multiplied by tensor cores; needs compute capability 8.0. Results err by about 1e-2 of
    /// the largest.</summary>
    Bf16,
}

/// <summary>The number type in which a model computes.</summary>
public enum Precision
{
    /// <summary>32-bit floating point (<see cref="float"/>), PyTorch's default.</summary>
    Float32,

    /// <summary>64-bit floating point (<see cref="double"/>): half the speed, for work that needs the digits.</summary>
    Float64,
}
