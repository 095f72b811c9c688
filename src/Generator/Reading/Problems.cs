using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>Gives the problems of ops and layers, which know no source, their diagnostic and their place.</summary>
internal static class Problems
{
    public static T At<T>(Location place, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ShapeException problem)
        {
            throw new ReadException(Descriptors.ShapeMismatch, place, Sentence(problem.Message));
        }
        catch (LayerException problem)
        {
            throw new ReadException(Descriptors.InvalidArgument, place, Sentence(problem.Message));
        }
        catch (IdsException problem)
        {
            throw new ReadException(Descriptors.IdsAsNumbers, place, Sentence(problem.Message));
        }
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);
}
