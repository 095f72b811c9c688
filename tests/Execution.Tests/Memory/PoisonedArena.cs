using DlGen.Compiled;

namespace DlGen.Tests.Memory;

/// <summary>An arena of a model with every element, the slack behind it included, set to NaN: what is read before it is written shows in the results.</summary>
internal sealed class PoisonedArena
{
    private readonly Array memory;
    private readonly int end;

    private PoisonedArena(object buffer)
    {
        memory = (Array)ObjectWalk.Field(buffer, "memory")!;
        end = (int)ObjectWalk.Field(buffer, "start")! + (int)buffer.GetType().GetProperty("Length")!.GetValue(buffer)!;
        if (memory is float[] floats) Array.Fill(floats, float.NaN);
        else Array.Fill((double[])memory, double.NaN);
    }

    /// <summary>The arenas that the model has made so far: those of Predict and that of training.</summary>
    public static List<PoisonedArena> Of(IModel model)
    {
        var owners = ObjectWalk.From(model).ToList();
        var buffers = owners.Where(o => ObjectWalk.Is(o, typeof(Arena<>))).Select(o => ObjectWalk.Field(o, "buffer"))
            .Concat(owners.Where(o => ObjectWalk.Is(o, typeof(TrainingState<>))).Select(o => ObjectWalk.Field(o, "arena")));
        return [.. buffers.OfType<object>().Select(buffer => new PoisonedArena(buffer))];
    }

    public bool IsSlackUntouched()
    {
        for (int i = end; i < memory.Length; i++)
            if (!double.IsNaN(Convert.ToDouble(memory.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))) return false;
        return true;
    }
}
