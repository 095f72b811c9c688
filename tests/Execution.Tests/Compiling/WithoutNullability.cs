using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests.Compiling;

/// <summary>
/// Compiles without following what may be null, which is a pass over every method: that generated code, kernels aside, which never follow it, warns of nothing is what every project with models
/// sees, for warnings are errors in them (Usage.Tests, samples).
/// </summary>
internal static class WithoutNullability
{
    public static CSharpParseOptions Of(CSharpParseOptions options) => options.WithFeatures([new("run-nullable-analysis", "never")]);
}
