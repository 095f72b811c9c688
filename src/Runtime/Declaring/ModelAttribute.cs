namespace DlGen;

/// <summary>Marks a partial class as a network: the generator reads its layers (class attributes, or a method <c>Forward</c>) and adds
/// inference, training, saving and loading to it. The class then implements <see cref="IModel"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute : Attribute
{
    /// <summary>The number type of parameters, values and gradients; <see cref="Precision.Float32"/> unless stated.</summary>
    public Precision Precision { get; set; }

    /// <summary>Whether convolutions with 3 × 3 taps may be computed by Winograd's F(4×4, 3×3) where that is faster, with rounding errors about ten times those of the sum itself
    /// (up to 1e-5 of the largest value); true unless stated. <see cref="Precision.Float64"/> never does.</summary>
    public bool Winograd { get; set; } = true;
}

/// <summary>The number type in which a model computes.</summary>
public enum Precision
{
    /// <summary>32-bit floating point (<see cref="float"/>), PyTorch's default.</summary>
    Float32,

    /// <summary>64-bit floating point (<see cref="double"/>): half the speed, for work that needs the digits.</summary>
    Float64,
}
