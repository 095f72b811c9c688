using DlGen.Graphs;
using DlGen.Ptx;

namespace DlGen.Reading;

/// <summary>One type around a nested model, outermost first: <paramref name="Keyword"/> as written ("class", "record struct"), the name with its type parameters.</summary>
internal sealed record ContainingType(string Keyword, string Name);

/// <summary>
/// One row of the layer table: <paramref name="Path"/> is unique ("linear_1"), <paramref name="Kind"/> the catalogue's name ("Linear"), the shape is
/// without the batch, <paramref name="ParameterPaths"/> the names of its parameters in the order in which it made them.
/// </summary>
internal sealed record LayerSummary(string Path, string Kind, Shape Output, int ParameterCount, EquatableArray<string> ParameterPaths);

/// <summary>
/// All that the compiler knows of a [Model] class: what the pipeline carries between reading and text, so it compares by content and holds no
/// symbol, syntax or location. Read once with Tensor.Training true and once false; where nothing asks for it the two graphs are equal.
/// </summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Accessibility">As written in C#: "public", "internal", "private protected".</param>
/// <param name="TypeKeyword">"class" or "record".</param>
/// <param name="Float64">Whether the model computes in double.</param>
/// <param name="Training">Outputs Prediction (with the loss's link) and, when there is a loss, Loss (one number per row). Null after an error.</param>
/// <param name="Prediction">The same with Tensor.Training false. Null after an error.</param>
/// <param name="Layers">In order of evaluation.</param>
/// <param name="Scalings">The layers that are fitted on the data.</param>
/// <param name="Classification">Where the loss is of labels on the only output: what Classify and accuracy are. Else null.</param>
/// <param name="HasForward">A Forward method exists; generated code names it once, so that IDE0051 stays silent.</param>
/// <param name="HasLoss">The same for a method Loss.</param>
/// <param name="Arguments">Inputs and targets by name, as far as they are known without the graphs: what members of a broken declaration take.</param>
/// <param name="OutputNames">The elements of the tuple that Forward returns, as C# writes them; empty where there is one output.</param>
/// <param name="Error">The first error's text; the graphs are then null and the members throw it.</param>
internal sealed record Declaration(
    string Namespace,
    EquatableArray<ContainingType> ContainingTypes,
    string Name,
    string Accessibility,
    string TypeKeyword,
    bool Float64,
    Graph? Training,
    Graph? Prediction,
    EquatableArray<LayerSummary> Layers,
    EquatableArray<Layers.FittedScaling> Scalings,
    Classification? Classification,
    bool HasForward,
    bool HasLoss,
    EquatableArray<NamedArgument> Arguments,
    EquatableArray<string> OutputNames,
    string? Error)
{
    /// <summary>Whether convolutions are computed as the sums that they are.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether it is compiled for CUDA too.</summary>
    public bool IsForCuda { get; init; }

    /// <summary>What a GPU rounds the operands of its contractions to.</summary>
    public MatrixNumbers Matrices { get; init; }

    /// <summary>Whether the error is a fault of the compiler's own, which no diagnostic says.</summary>
    public bool IsFault { get; init; }
}

/// <summary>A network whose only output is judged by labels: the greatest of <paramref name="Classes"/> numbers is the class.</summary>
/// <param name="Positions">How many labels of a row lie side by side, with the classes before them; 1 where the classes of each label lie side by side.</param>
/// <param name="Target">The target whose ints are the labels as they are; null where they are an output of the graph, if they are known.</param>
internal sealed record Classification(int Classes, int Positions, string? Target);

/// <summary>An input or target of the generated members; where the loss is not known, a target may be labels or numbers.</summary>
internal sealed record NamedArgument(string Name, bool IsTarget, bool MayBeLabel, bool MayBeNumbers)
{
    /// <summary>Whether its numbers are given as bytes.</summary>
    public bool IsBytes { get; init; }
}
