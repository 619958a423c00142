using System.Globalization;
using System.Text;
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

    /// <summary>The same as text (CSV): a line a sequence with its name or number, its class and the probability of each.</summary>
    /// <param name="predictions">What a model takes some sequences for.</param>
    public static string ToCsv(this Predictions predictions)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', ["sequence", "class", .. predictions.ClassNames.Select(name => CsvText.Cell($"p({name})"))]).Append('\n');
        foreach ((int i, string name) in predictions.Names.Index())
        {
            string sequence = predictions.SequenceNames?[i] ?? $"{i}";
            text.AppendJoin(',', [CsvText.Cell(sequence), CsvText.Cell(name), .. predictions.Probabilities[i].Select(p => p.ToString("R", CultureInfo.InvariantCulture))]).Append('\n');
        }

        return text.ToString();
    }
}
