using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using DlGen.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests.Mutation;

/// <summary>
/// A generator from <see cref="GeneratorSources"/>, loaded beside the one that the tests were built with: its types are others, so it is called by
/// reflection, at the two stages that the generator's pipeline consists of.
/// </summary>
internal sealed class MutatedGenerator
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Steps of any size may run on several threads.</summary>
    private const int ThreadsFrom = 1;

    private readonly MethodInfo read;
    private readonly MethodInfo emit;
    private readonly Type options;
    private readonly Type lowering;

    public MutatedGenerator(byte[] image)
    {
        // Not collectible: then the JIT would optimise every method before its first call, and most have one or two.
        var assembly = new AssemblyLoadContext("mutant").LoadFromStream(new MemoryStream(image));
        options = assembly.GetType("DlGen.Emission.EmitOptions", throwOnError: true)!;
        lowering = assembly.GetType("DlGen.Lowering.LoweringOptions", throwOnError: true)!;
        read = assembly.GetType("DlGen.Reading.ModelReader", throwOnError: true)!
            .GetMethod("Read", Static, [typeof(INamedTypeSymbol), typeof(Compilation), typeof(CancellationToken)])!;
        emit = assembly.GetType("DlGen.Emission.ModelSource", throwOnError: true)!.GetMethods(Static).Single(m => m.Name == "Emit" && m.GetParameters().Length == 2);
    }

    /// <summary>The generated file of one model: as plain loops or as it ships.</summary>
    public string Emit(INamedTypeSymbol model, Compilation compilation, bool plain)
    {
        try
        {
            object result = read.Invoke(null, [model, compilation, CancellationToken.None])!;
            object declaration = result.GetType().GetProperty("Declaration")!.GetValue(result) ?? throw new InvalidOperationException($"{model.Name} is no model any more");
            return (string)emit.Invoke(null, [declaration, Activator.CreateInstance(options, plain, Activator.CreateInstance(lowering, false, SmallShards.Rows, ThreadsFrom, true))])!;
        }
        catch (TargetInvocationException failure) when (failure.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
