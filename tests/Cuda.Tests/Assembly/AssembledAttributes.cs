namespace DlGen.Tests.Assembly;

/// <summary>A test for which NVIDIA's assembler must be installed; without it, it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AssembledTheoryAttribute : TheoryAttribute
{
    public const string Reason = "no ptxas: tests/Cuda.Tests/get-ptxas.sh fetches it";

    public AssembledTheoryAttribute()
    {
        if (Ptxas.Path is null) Skip = Reason;
    }
}

/// <summary>The same of a single case.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AssembledFactAttribute : FactAttribute
{
    public AssembledFactAttribute()
    {
        if (Ptxas.Path is null) Skip = AssembledTheoryAttribute.Reason;
    }
}
