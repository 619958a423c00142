using AuxLossRnn.Data;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments;

/// <summary>Predictions as a table.</summary>
public static class PredictionTables
{
    /// <summary>A row a sequence: its number, its name where any has one, the class, each class's probability, and the true class where any is known.</summary>
    /// <param name="predictions">What a model takes some sequences for.</param>
    public static DataFrame ToDataFrame(this Predictions predictions)
    {
        IReadOnlyList<string> names = predictions.Names;
        var columns = new List<(string Name, Func<int, object?> Value)>
        {
            ("sequence", i => (double)i),
        };
        if (predictions.SequenceNames is not null)
        {
            columns.Add(("name", i => predictions.SequenceNames[i]));
        }

        columns.Add(("predicted", i => names[i]));
        columns.AddRange(predictions.ClassNames.Index().Select(one => ($"p({one.Item})", (Func<int, object?>)(i => (double)predictions.Probabilities[i][one.Index]))));
        if (predictions.Labels.Any(label => label >= 0))
        {
            columns.Add(("true", i => predictions.Labels[i] >= 0 ? predictions.ClassNames[predictions.Labels[i]] : null));
        }

        return ResultTables.Table([.. Enumerable.Range(0, names.Count)], [.. columns]);
    }
}
