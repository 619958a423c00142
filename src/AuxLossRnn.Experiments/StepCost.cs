using System.Globalization;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments;

/// <summary>What a training step of one model costs at one length (Figure 3, bottom).</summary>
/// <param name="Model">The row: the last part of a preset's name, such as <c>r-lstm-20x30</c>.</param>
/// <param name="Length">The time steps T.</param>
/// <param name="Batch">The batch size B.</param>
/// <param name="Seconds">The median time of a step; null if it did not fit.</param>
/// <param name="Mebibytes">The most memory that was resident, above what the process held before the model was made; null if it did not fit.</param>
/// <param name="Status"><c>measured</c>, or why there is no number.</param>
public sealed record StepCost(string Model, int Length, int Batch, double? Seconds, double? Mebibytes, string Status)
{
    private const string Header = "model,length,batch,seconds,mebibytes,status";

    /// <summary>The status of a cost that has its numbers.</summary>
    public const string Measured = "measured";

    /// <summary>Writes costs as CSV.</summary>
    /// <param name="path">The file, complete or absent.</param>
    /// <param name="costs">The costs.</param>
    /// <param name="remarks">Lines about the machine and the limits; they begin with <c>#</c> in the file.</param>
    public static void Write(string path, IEnumerable<StepCost> costs, IEnumerable<string> remarks) => AtomicFile.WriteText(path, string.Join(
        '\n',
        [
            .. remarks.Select(remark => $"# {remark}"),
            Header,
            .. costs.Select(cost => string.Create(
                CultureInfo.InvariantCulture,
                $"{cost.Model},{cost.Length},{cost.Batch},{cost.Seconds:0.####},{cost.Mebibytes:0.#},{cost.Status}")),
        ]));

    /// <summary>Reads such a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">There is none, or a line is not a cost.</exception>
    public static IReadOnlyList<StepCost> Read(string path)
    {
        path = UserPath.Expand(path);
        if (!File.Exists(path))
        {
            throw new UserException(
                Directory.Exists(path)
                    ? $"{Path.GetFullPath(path)} is a folder, but must be a CSV file of costs. Write one with: auxloss measure --out costs.csv"
                    : $"There is no {Path.GetFullPath(path)}. Write it with: auxloss measure --out {path}");
        }

        var costs = new List<StepCost>();
        foreach ((int number, string line) in File.ReadLines(path).Index().Where(one => one.Item.Length > 0 && one.Item[0] != '#' && one.Item != Header))
        {
            string[] cells = line.Split(',');
            double? numberAt(int cell) => cells[cell].Length == 0 ? null : double.Parse(cells[cell], CultureInfo.InvariantCulture);
            StepCost cost;
            try
            {
                cost = new StepCost(
                    cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[2], CultureInfo.InvariantCulture),
                    numberAt(3), numberAt(4), cells[5]);
            }
            catch (Exception failure) when (failure is FormatException or OverflowException or IndexOutOfRangeException)
            {
                throw new UserException(
                    $"{path}, line {number + 1}, is '{line}', but must be {Header}. Write the file anew with auxloss measure --out.", failure);
            }

            if (cost.Status == Measured && (cost.Seconds is null || cost.Mebibytes is null))
            {
                throw new UserException(
                    $"{path}, line {number + 1}, is '{line}', but what was measured must have its seconds and its mebibytes. "
                    + "Write the file anew with auxloss measure --out.");
            }

            costs.Add(cost);
        }

        return costs;
    }

    /// <summary>The lines of a figure: those lengths that were measured.</summary>
    /// <param name="costs">The costs.</param>
    public static IReadOnlyList<CostSeries> Series(IEnumerable<StepCost> costs) =>
    [
        .. from cost in costs
           where cost.Status == Measured
           group cost by cost.Model into model
           select new CostSeries(
               model.Key, StepMeasurement.ModelOf(model.Key), [.. model.Select(one => (double)one.Length)],
               [.. model.Select(one => 1000 * one.Seconds!.Value)], [.. model.Select(one => one.Mebibytes!.Value)]),
    ];
}
